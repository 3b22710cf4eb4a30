"""What Stripe's words mean here."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import stripe
import urllib3.exceptions

from billing.gateway.declines import is_final
from billing.gateway.interface import Answer, FinishedSetup, Hint, Outcome
from reseller_portal.money import to_cents

TWO_PLACES = frozenset({"EUR", "USD", "GBP", "CHF", "CAD", "AUD", "PLN"})
NEVER_LEFT = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
)
DONE_NOTHING = (
    stripe.AuthenticationError,
    stripe.PermissionError,
    stripe.RateLimitError,
    stripe.InvalidRequestError,
)
INTENTS = {
    "succeeded": Outcome.SUCCEEDED,
    "requires_action": Outcome.NEEDS_AUTHENTICATION,
    "canceled": Outcome.CANCELLED,
}
REFUNDS = {
    "succeeded": Outcome.SUCCEEDED,
    "pending": Outcome.PENDING,
    "requires_action": Outcome.PENDING,
    "failed": Outcome.DECLINED,
    "canceled": Outcome.DECLINED,
}
AUTHENTICATION = frozenset({"authentication_required", "authentication_not_handled"})


def minor_units(amount: Decimal, currency: str) -> int:
    """Return an amount in cents. Raises ValueError for a currency without two decimal places."""
    if currency not in TWO_PLACES:
        raise ValueError(f"amounts in {currency} are not counted in hundredths")
    if to_cents(amount) != amount:
        raise ValueError("an amount is charged in whole cents")
    return int(amount * 100)


def answer_to_intent(intent: Mapping[str, Any]) -> Answer:
    """Return what a payment intent says."""
    gateway_id = str(intent["id"])
    outcome = INTENTS.get(intent["status"])
    if outcome is not None:
        return Answer(outcome, gateway_id, confirm_url=confirm_url(intent))
    error = intent.get("last_payment_error")
    if intent["status"] == "requires_payment_method" and error:
        return declined(error, gateway_id)
    return Answer(Outcome.UNKNOWN, gateway_id, code=str(intent["status"]))


def confirm_url(intent: Mapping[str, Any]) -> str:
    """Return where a person confirms the payment; empty where Stripe names no page."""
    action = intent.get("next_action") or {}
    return str((action.get("redirect_to_url") or {}).get("url") or "")


def declined(error: Mapping[str, Any], gateway_id: str) -> Answer:
    """Return what a card's error says: for good, for now, or until a person confirms."""
    codes = (str(error.get("decline_code") or ""), str(error.get("code") or ""))
    code = next((code for code in codes if code), "card_declined")
    if gateway_id and AUTHENTICATION & set(codes):
        return Answer(Outcome.NEEDS_AUTHENTICATION, gateway_id, "authentication_required")
    outcome = Outcome.REFUSED if is_final(code) else Outcome.DECLINED
    return Answer(outcome, gateway_id, code)


def answer_to_refund(refund: Mapping[str, Any]) -> Answer:
    """Return what a refund says."""
    outcome = REFUNDS.get(refund["status"], Outcome.UNKNOWN)
    return Answer(
        outcome,
        str(refund["id"]),
        str(refund.get("failure_reason") or ""),
        str((refund.get("metadata") or {}).get("key") or ""),
    )


def answer_to_error(error: stripe.StripeError) -> Answer:
    """Return what an error leaves known of the request that it answers."""
    name = type(error).__name__
    if isinstance(error, stripe.CardError):
        body: Any = error.json_body or {}
        said = body.get("error", {})
        return declined(said, str((said.get("payment_intent") or {}).get("id") or ""))
    if isinstance(error, stripe.APIConnectionError):
        return Answer(Outcome.NOT_SENT if never_left(error) else Outcome.UNKNOWN, code=name)
    if isinstance(error, DONE_NOTHING) and error.http_status != 409:
        return Answer(Outcome.NOT_SENT, code=str(error.code or name)[:60])
    return Answer(Outcome.UNKNOWN, code=name)


def never_left(error: BaseException) -> bool:
    """Say whether no connection was made at all, so that nothing can have been sent."""
    seen: set[int] = set()
    waiting: list[Any] = [error]
    while waiting:
        cause = waiting.pop()
        if isinstance(cause, NEVER_LEFT):
            return True
        if isinstance(cause, BaseException) and id(cause) not in seen:
            seen.add(id(cause))
            waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None)]
            waiting += list(cause.args)
    return False


def finished_setup(session: Mapping[str, Any]) -> FinishedSetup | None:
    """Return the card of a setup that a person has finished."""
    intent = session.get("setup_intent") or {}
    if session.get("status") != "complete" or intent.get("status") != "succeeded":
        return None
    method = intent["payment_method"]
    card = method["card"]
    return FinishedSetup(
        customer=str(session["customer"]),
        who=str(session.get("client_reference_id") or ""),
        token=str(method["id"]),
        brand=str(card["brand"]),
        last4=str(card["last4"]),
        expires_on=last_day(int(card["exp_year"]), int(card["exp_month"])),
    )


def last_day(year: int, month: int) -> date:
    """Return the last day of a month: until then a card can be charged."""
    return date(year, month, monthrange(year, month)[1])


def read_hint(event: Mapping[str, Any]) -> Hint | None:
    """Return what an event is about, if it is about a payment, a setup or a refund."""
    kind, thing = str(event.get("type", "")), (event.get("data") or {}).get("object") or {}
    if kind.startswith("payment_intent."):
        key = str((thing.get("metadata") or {}).get("key") or "")
        return Hint(gateway_id=str(thing.get("id") or ""), key=key)
    if kind.startswith("refund.") or kind == "charge.refund.updated":
        return Hint(refund=str(thing.get("id") or ""))
    if kind == "checkout.session.completed" and thing.get("mode") == "setup":
        return Hint(session=str(thing.get("id") or ""))
    return None
