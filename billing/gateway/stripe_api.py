"""Stripe, spoken to by its own library, which neither retries nor logs here.

A connection is used once: one that the other side has just closed would make a charge's outcome
unknown for nothing.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import requests
import stripe

from billing.gateway.interface import (
    Answer,
    Charge,
    FinishedSetup,
    GatewayError,
    Hint,
    NotFoundError,
    Outcome,
    Setup,
    WrongSignatureError,
)
from billing.gateway.stripe_words import (
    answer_to_error,
    answer_to_intent,
    answer_to_refund,
    finished_setup,
    minor_units,
    read_hint,
)

MOST_PAGES = 20
TOLERANCE_SECONDS = 300
NO_EVENT = (ValueError, AttributeError, RecursionError)  # what a body that is none raises


class FreshConnections(requests.Session):
    """Sends each request on a connection of its own."""

    def request(self, *args: Any, **options: Any) -> requests.Response:
        """Send it, and read the answer to its end."""
        with requests.Session() as session:
            return session.request(*args, **options)


class StripeGateway:
    """Talks to Stripe, or to whatever answers like it at `base`. `timeout`: to connect, to read."""

    def __init__(
        self, secret_key: str, webhook_secret: str, base: str, timeout: tuple[float, float]
    ) -> None:
        stripe.enable_telemetry = False
        self._webhook_secret = webhook_secret
        client = stripe.StripeClient(
            secret_key,
            base_addresses={"api": base or stripe.DEFAULT_API_BASE},
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=timeout, session=FreshConnections()),
        )
        self._stripe: Any = client.v1

    def create_customer(self, key: str, name: str) -> str:
        """Make a customer, once per key."""
        made = self._do(self._stripe.customers.create, {"name": name}, options=once(key))
        return str(made["id"])

    def start_setup(self, customer: str, *, who: str, back: str, cancel: str) -> Setup:
        """Prepare the page on which a card is entered."""
        made = self._do(
            self._stripe.checkout.sessions.create,
            {
                "mode": "setup",
                "customer": customer,
                "client_reference_id": who,
                "allowed_payment_method_types": ["card"],
                "success_url": back.replace("{session}", "{CHECKOUT_SESSION_ID}"),
                "cancel_url": cancel,
            },
        )
        return Setup(made["id"], made["url"])

    def read_setup(self, session: str) -> FinishedSetup | None:
        """Return the card that was entered."""
        expanded = {"expand": ["setup_intent.payment_method"]}
        retrieve = self._stripe.checkout.sessions.retrieve
        try:
            return finished_setup(self._do(retrieve, session, expanded))
        except NotFoundError:
            return None

    def charge(self, charge: Charge) -> Answer:
        """Charge a card, or learn what came of the same charge."""
        presence: dict[str, Any] = (
            {"return_url": charge.return_url} if charge.return_url else {"off_session": True}
        )
        wanted = {
            "amount": minor_units(charge.amount, charge.currency),
            "currency": charge.currency.lower(),
            "customer": charge.customer,
            "payment_method": charge.card,
            "allowed_payment_method_types": ["card"],
            "confirm": True,
            "metadata": {"key": charge.key, "purpose": charge.purpose},
            **presence,
        }
        return self._pay(self._stripe.payment_intents.create, wanted, options=once(charge.key))

    def find(self, charge: Charge, since: datetime) -> Answer:
        """Look for a charge among the customer's payments by its key."""
        asked: dict[str, Any] = {
            "customer": charge.customer,
            "created": {"gte": int(since.timestamp())},
            "limit": 100,
        }
        return self._search(self._stripe.payment_intents.list, asked, charge.key, answer_to_intent)

    def fetch(self, gateway_id: str) -> Answer:
        """Ask what became of a payment."""
        return self._look(self._stripe.payment_intents.retrieve, gateway_id, answer_to_intent)

    def confirm(self, gateway_id: str, card: str, return_url: str) -> Answer:
        """Begin the confirmation of a payment that was charged without a person."""
        wanted = {"payment_method": card, "return_url": return_url}
        return self._pay(self._stripe.payment_intents.confirm, gateway_id, wanted)

    def cancel(self, gateway_id: str) -> Answer:
        """End a payment that waits for a person."""
        answer = self._pay(self._stripe.payment_intents.cancel, gateway_id)
        return self.fetch(gateway_id) if answer.outcome == Outcome.NOT_SENT else answer

    def refund(self, key: str, gateway_id: str, amount: Decimal, currency: str) -> Answer:
        """Pay a part of a payment back to its card, once per key."""
        wanted = {
            "payment_intent": gateway_id,
            "amount": minor_units(amount, currency),
            "metadata": {"key": key},
        }
        try:
            made = self._stripe.refunds.create(wanted, options=once(key))
        except stripe.StripeError as error:
            return answer_to_error(error)
        return answer_to_refund(made.to_dict())

    def find_refund(self, key: str, gateway_id: str) -> Answer:
        """Look for a refund of a payment by its key."""
        asked = {"payment_intent": gateway_id, "limit": 100}
        return self._search(self._stripe.refunds.list, asked, key, answer_to_refund)

    def fetch_refund(self, gateway_id: str) -> Answer:
        """Ask what became of a refund."""
        return self._look(self._stripe.refunds.retrieve, gateway_id, answer_to_refund)

    def detach(self, card: str) -> None:
        """Let go of a card."""
        try:
            self._stripe.payment_methods.detach(card)
        except stripe.InvalidRequestError:
            return  # it is gone already
        except stripe.StripeError as error:
            raise GatewayError(type(error).__name__) from error

    def read_webhook(self, body: bytes, signature: str) -> Hint | None:
        """Return what a webhook is about."""
        if not signature.isascii():
            raise WrongSignatureError
        try:
            text = body.decode()
            stripe.WebhookSignature.verify_header(
                text, signature, self._webhook_secret, TOLERANCE_SECONDS
            )
            return read_hint(json.loads(text))
        except (stripe.SignatureVerificationError, *NO_EVENT) as error:
            raise WrongSignatureError from error

    def _do(self, call: Callable[..., Any], *args: Any, **options: Any) -> Mapping[str, Any]:
        try:
            made: Mapping[str, Any] = call(*args, **options).to_dict()
        except stripe.StripeError as error:
            is_absent = error.http_status == HTTPStatus.NOT_FOUND
            kind = NotFoundError if is_absent else GatewayError
            raise kind(type(error).__name__) from error
        return made

    def _pay(self, call: Callable[..., Any], *args: Any, **options: Any) -> Answer:
        try:
            made = call(*args, **options)
        except stripe.StripeError as error:
            return answer_to_error(error)
        return answer_to_intent(made.to_dict())

    def _look(
        self,
        call: Callable[..., Any],
        gateway_id: str,
        understand: Callable[[Mapping[str, Any]], Answer],
    ) -> Answer:
        try:
            return understand(call(gateway_id).to_dict())
        except stripe.StripeError as error:
            return Answer(Outcome.UNKNOWN, gateway_id, code=type(error).__name__)

    def _search(
        self,
        listing: Callable[..., Any],
        asked: dict[str, Any],
        key: str,
        understand: Callable[[Mapping[str, Any]], Answer],
    ) -> Answer:
        try:
            for _page in range(MOST_PAGES):
                found = listing(asked).to_dict()
                for row in found["data"]:
                    if (row.get("metadata") or {}).get("key") == key:
                        return understand(row)
                if not found.get("has_more"):
                    return Answer(Outcome.ABSENT)
                asked = {**asked, "starting_after": found["data"][-1]["id"]}
        except stripe.StripeError as error:
            return Answer(Outcome.UNKNOWN, code=type(error).__name__)
        return Answer(Outcome.UNKNOWN, code="too_many")


def once(key: str) -> dict[str, str]:
    """Return the options of a request that is done once, however often it is sent."""
    return {"idempotency_key": key}
