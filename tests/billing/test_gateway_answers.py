"""What an answer of the gateway proves, and what it leaves unknown."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any

import pytest
import stripe as untyped
from django.utils import timezone

from billing.gateway import Charge, Outcome, gateway as the_gateway, stripe_api
from billing.gateway.stripe_words import answer_to_error, finished_setup, minor_units, read_hint
from billing.models import Card
from billing.payments.charging import request_of
from resellers.models import Reseller
from tests.billing.cards import make_card, pay
from tests.gateway import Gateway

stripe: Any = untyped
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def card(gateway: Gateway, acme: Reseller) -> Card:
    return make_card(gateway, acme)


@pytest.mark.parametrize(("amount", "currency"), [("5", "JPY"), ("5.001", "EUR")])
def test_what_cannot_be_counted_in_cents_is_never_charged(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match=r"hundredths|whole cents"):
        minor_units(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (stripe.InvalidRequestError("x", None, http_status=400), Outcome.NOT_SENT),
        (stripe.AuthenticationError("x", http_status=401), Outcome.NOT_SENT),
        (stripe.PermissionError("x", http_status=403), Outcome.NOT_SENT),
        (stripe.RateLimitError("x", http_status=429), Outcome.NOT_SENT),
        (stripe.InvalidRequestError("x", None, http_status=409), Outcome.UNKNOWN),
        (stripe.IdempotencyError("x", http_status=400), Outcome.UNKNOWN),
        (stripe.APIError("x", http_status=500), Outcome.UNKNOWN),
        (stripe.APIConnectionError("x"), Outcome.UNKNOWN),
    ],
)
def test_an_error_proves_that_nothing_was_done_or_proves_nothing(
    error: untyped.StripeError, outcome: Outcome
) -> None:
    assert answer_to_error(error).outcome == outcome


@pytest.mark.parametrize(
    ("intent", "outcome"),
    [({}, Outcome.DECLINED), ({"payment_intent": {"id": "pi_1"}}, Outcome.NEEDS_AUTHENTICATION)],
)
def test_only_what_has_an_id_can_be_confirmed(intent: Any, outcome: Outcome) -> None:
    body = {"error": {"code": "authentication_required", **intent}}
    error = stripe.CardError("x", None, "authentication_required", json_body=body)
    assert answer_to_error(error).outcome == outcome


@pytest.mark.parametrize(
    ("status", "intent"), [("open", "succeeded"), ("complete", "requires_action"), ("open", "")]
)
def test_a_card_counts_once_the_page_and_the_bank_are_done_with_it(
    status: str, intent: str
) -> None:
    card = {"brand": "visa", "last4": "4242", "exp_year": 2030, "exp_month": 2}
    method = {"id": "pm_1", "card": card}
    session: Any = {"customer": "cus_1", "status": status}
    session["setup_intent"] = {"status": intent, "payment_method": method}
    assert finished_setup(session) is None
    done = {**session, "status": "complete"}
    done["setup_intent"]["status"] = "succeeded"
    assert finished_setup(done) is not None


def test_a_page_that_takes_a_payment_adds_no_card() -> None:
    thing = {"id": "cs_1", "mode": "payment"}
    assert read_hint({"type": "checkout.session.completed", "data": {"object": thing}}) is None


class OneAnswer(StreamRequestHandler):
    """Answers one request of each connection, and hangs up upon the next."""

    def handle(self) -> None:
        length = 0
        while (line := self.rfile.readline()).strip():
            name, _colon, value = line.decode().partition(":")
            length = int(value) if name.lower() == "content-length" else length
        self.rfile.read(length)
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        self.rfile.readline()


@pytest.fixture
def hangs_up(gateway: Gateway, settings: Any) -> Iterator[None]:
    """A gateway that closes a connection just when it is used again."""
    with ThreadingTCPServer(("127.0.0.1", 0), OneAnswer) as server:
        Thread(target=server.serve_forever).start()
        settings.STRIPE_API_BASE = f"http://127.0.0.1:{server.server_address[1]}"
        yield
        server.shutdown()


@pytest.mark.usefixtures("hangs_up")
def test_a_connection_is_used_once() -> None:
    for _time in range(3):
        the_gateway().detach("pm_1")


@pytest.fixture
def buried(gateway: Gateway, card: Card) -> Charge:
    """A payment that was made before a hundred others of the customer."""
    payment, intents = pay(card), gateway.client().v1.payment_intents
    customer = payment.reseller.account.gateway_customer
    for _more in range(100):
        intents.create({"amount": 500, "currency": "eur", "customer": customer})
    return request_of(payment)


def find(charge: Charge, *, days: int = -1) -> Outcome:
    return the_gateway().find(charge, timezone.now() + timedelta(days=days)).outcome


def test_a_payment_is_found_behind_a_hundred_others(
    buried: Charge, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find(buried) == Outcome.SUCCEEDED
    assert find(buried, days=1) == Outcome.ABSENT
    monkeypatch.setattr(stripe_api, "MOST_PAGES", 1)
    assert find(buried) == Outcome.UNKNOWN


def test_a_search_that_breaks_off_finds_neither_that_it_is_nor_that_it_is_not(
    gateway: Gateway, card: Card
) -> None:
    charge = request_of(pay(card))
    gateway.fault("error_before", method="GET")
    assert find(charge) == Outcome.UNKNOWN
