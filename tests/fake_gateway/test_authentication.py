"""Payments that their owner confirms on a page of the gateway's."""

from typing import Any

import pytest
import stripe

from tests.fake_gateway.conftest import Charge
from tests.fake_gateway.test_cards import browse
from tests.gateway import Gateway

BACK = "http://127.0.0.1:8000/orders/buy/back/?key=7"


@pytest.fixture
def waiting(charge: Charge) -> Any:
    """A payment that waits for its owner."""
    return charge("needs_authentication", off_session=False, return_url=BACK, description="A & B")


@pytest.fixture
def address(waiting: Any) -> str:
    """The address of its page."""
    return str(waiting.next_action.redirect_to_url.url)


def test_a_payment_waits_for_its_owner(gateway: Gateway, waiting: Any, address: str) -> None:
    assert waiting.status == "requires_action"
    assert waiting.next_action.type == "redirect_to_url"
    assert waiting.next_action.redirect_to_url.return_url == BACK
    assert gateway.attempts() == []

    status, text, _ = browse(address)

    assert status == 200
    assert "10.00 EUR" in text
    assert "A &amp; B" in text


@pytest.mark.parametrize(
    ("pressed", "outcome", "status", "charges"),
    [("confirm", "succeeded", "succeeded", 1), ("fail", "failed", "requires_payment_method", 0)],
)
def test_the_owner_decides(
    gateway: Gateway,
    client: stripe.StripeClient,
    waiting: Any,
    *,
    address: str,
    pressed: str,
    outcome: str,
    status: str,
    charges: int,
) -> None:
    answered, _, place = browse(address, outcome=pressed)

    assert answered == 303
    assert place.startswith(f"{BACK}&payment_intent={waiting.id}&payment_intent_client_secret=")
    assert place.endswith(f"&redirect_status={outcome}")
    assert client.v1.payment_intents.retrieve(waiting.id).status == status
    assert len(gateway.charges()) == charges


def test_a_failed_one_says_why(gateway: Gateway, client: stripe.StripeClient, waiting: Any) -> None:
    gateway.authenticate(waiting.id, confirmed=False)

    error: Any = client.v1.payment_intents.retrieve(waiting.id).last_payment_error
    assert error.code == "payment_intent_authentication_failure"
    assert [event["type"] for event in gateway.events()] == [
        "payment_intent.requires_action",
        "payment_intent.payment_failed",
    ]


def test_two_presses_are_one_charge(gateway: Gateway, waiting: Any, address: str) -> None:
    browse(address, outcome="confirm")

    status, text, _ = browse(address, outcome="confirm")

    assert (status, "is settled" in text) == (200, True)
    assert len(gateway.charges()) == 1


def test_the_page_needs_the_secret_of_the_payment(
    gateway: Gateway, waiting: Any, address: str
) -> None:
    status, _, _ = browse(address.partition("?")[0], outcome="confirm")

    assert status == 404
    assert gateway.charges() == []


def test_nobody_is_asked_in_their_absence(gateway: Gateway, charge: Charge) -> None:
    assert charge("authenticates_once").status == "succeeded"
    asked = charge("authenticates_once", off_session=False, return_url=BACK)
    assert asked.status == "requires_action"
    with pytest.raises(stripe.CardError) as declined:
        charge("needs_authentication", off_session=False, error_on_requires_action=True)
    assert declined.value.code == "authentication_required"


def test_a_payment_that_waits_can_be_cancelled(
    gateway: Gateway, client: stripe.StripeClient, waiting: Any, address: str
) -> None:
    client.v1.payment_intents.cancel(waiting.id, {"cancellation_reason": "abandoned"})

    assert "Nothing to confirm" in browse(address, outcome="confirm")[1]
    assert gateway.charges() == []
