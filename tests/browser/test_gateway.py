"""The test gateway's own pages in a real browser, there and back again."""

import pytest
import stripe
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import check_accessible
from tests.fake_gateway.test_cards import saved_cards
from tests.gateway import Gateway


@pytest.fixture
def back(live_server: LiveServer) -> str:
    """A page of the portal."""
    return f"{live_server.url}/accounts/login/"


@pytest.fixture
def session(gateway: Gateway, back: str) -> stripe.checkout.Session:
    """A page on which Acme saves a card."""
    return gateway.client().v1.checkout.sessions.create(
        {
            "mode": "setup",
            "customer": gateway.customer("Acme"),
            "currency": "eur",
            "success_url": f"{back}?saved={{CHECKOUT_SESSION_ID}}",
            "cancel_url": f"{back}?cancelled=1",
        }
    )


@pytest.fixture
def asked(gateway: Gateway, back: str) -> stripe.PaymentIntent:
    """A payment that waits for its owner."""
    customer = gateway.customer("Acme")
    return gateway.client().v1.payment_intents.create(
        {
            "amount": 123456,
            "currency": "eur",
            "customer": customer,
            "payment_method": gateway.card(customer, "needs_authentication"),
            "confirm": True,
            "return_url": back,
        }
    )


def test_a_person_picks_a_card_and_comes_back(
    gateway: Gateway, page: Page, session: stripe.checkout.Session
) -> None:
    page.goto(str(session.url))
    check_accessible(page)
    page.get_by_label("Stolen (hard)").check()
    page.get_by_label("Month").select_option("02")
    page.get_by_label("Year").select_option(index=3)

    page.get_by_role("button", name="Save card").click()

    page.wait_for_url(f"**/accounts/login/?saved={session.id}")
    assert saved_cards(gateway, str(session.customer)) == ["9979"]


def test_a_person_cancels(gateway: Gateway, page: Page, session: stripe.checkout.Session) -> None:
    page.goto(str(session.url))

    page.get_by_role("link", name="Cancel").click()

    page.wait_for_url("**/accounts/login/?cancelled=1")
    assert saved_cards(gateway, str(session.customer)) == []


@pytest.mark.parametrize(
    ("button", "outcome", "charges"),
    [("Confirm payment", "succeeded", 1), ("Fail", "failed", 0)],
)
def test_a_person_confirms_a_payment_or_fails(
    gateway: Gateway,
    page: Page,
    asked: stripe.PaymentIntent,
    *,
    button: str,
    outcome: str,
    charges: int,
) -> None:
    assert asked.next_action is not None
    assert asked.next_action.redirect_to_url is not None
    page.goto(str(asked.next_action.redirect_to_url.url))
    expect(page.get_by_text("1,234.56 EUR")).to_be_visible()
    check_accessible(page)

    page.get_by_role("button", name=button).click()

    page.wait_for_url(f"**/accounts/login/?payment_intent={asked.id}*redirect_status={outcome}")
    assert len(gateway.charges()) == charges
