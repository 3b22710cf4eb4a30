"""Cards and deposits in a browser, there and back again by the gateway's own pages."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from billing.models import Account, Card
from resellers.models import Reseller, User
from tests.billing.cards import make_card
from tests.browser.conftest import check_accessible
from tests.gateway import Gateway

pytestmark = pytest.mark.usefixtures("_here")
SignIn = Callable[[User], Page]


@pytest.fixture
def _here(gateway: Gateway, settings: Any, live_server: LiveServer) -> None:
    """Let the gateway lead back to the live server."""
    settings.SITE_URL = live_server.url


def add(page: Page, test_card: str) -> None:
    """Add a card, as a person does on the gateway's page."""
    page.get_by_role("button", name="Add a card").click()
    page.get_by_role("radio", name=test_card).check()
    page.get_by_role("button", name="Save card").click()
    page.wait_for_url("**/settings/payment/")


def test_alice_adds_cards_changes_the_default_and_removes_one(
    sign_in: SignIn, alice: User, gateway: Gateway
) -> None:
    page = sign_in(alice)
    page.goto("/settings/payment/")
    check_accessible(page)
    add(page, "Succeeds ••••")
    expect(page.locator("#messages")).to_contain_text("Visa •••• 4242 can be used now.")
    add(page, "Succeeds (Mastercard)")
    rows = page.get_by_role("row")
    expect(rows.filter(has_text="Visa •••• 4242")).to_contain_text("Default")
    check_accessible(page)

    page.get_by_role("link", name="Make Mastercard •••• 4444 the default").click()
    expect(page.get_by_role("dialog")).to_contain_text("Renewals that the balance does not cover")
    check_accessible(page)
    page.get_by_role("button", name="Make it the default").click()
    expect(rows.filter(has_text="Mastercard •••• 4444")).to_contain_text("Default")

    page.get_by_role("link", name="Remove Visa •••• 4242").click()
    check_accessible(page)
    page.get_by_role("button", name="Remove the card").dblclick()
    expect(page.get_by_text("Visa •••• 4242 is removed.")).to_be_visible()
    expect(rows.filter(has_text="Visa •••• 4242")).to_have_count(0)
    assert [str(card) for card in Card.objects.in_use()] == ["Mastercard •••• 4444"]


def test_alice_cancels_on_the_gateways_page(sign_in: SignIn, alice: User) -> None:
    page = sign_in(alice)
    page.goto("/settings/payment/")
    page.get_by_role("button", name="Add a card").click()
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("heading", name="No card yet")).to_be_visible()


def balance(reseller: Reseller) -> Decimal:
    return Account.objects.get(reseller=reseller).balance


def type_amount(page: Page, amount: str) -> None:
    """Come from the balance and type how much."""
    page.goto("/balance/")
    page.get_by_role("link", name="Deposit by card").first.click()
    page.get_by_label("Amount in EUR").fill(amount)


def press(page: Page) -> None:
    page.get_by_role("button", name="Deposit", exact=True).click()


def test_alice_deposits_and_sees_it_in_her_balance(
    sign_in: SignIn, alice: User, acme: Reseller, gateway: Gateway
) -> None:
    card = make_card(gateway, acme)
    page = sign_in(alice)
    type_amount(page, "1250.50")
    check_accessible(page)
    page.get_by_role("button", name="Deposit", exact=True).dblclick()
    said = f"EUR\xa01,250.50 is deposited from {card}."
    expect(page.locator("#messages")).to_contain_text(said)
    expect(page.locator("#result-count")).to_have_text("1 entry")
    expect(page.get_by_role("link", name="Balance: EUR")).to_contain_text("1,250.50")
    assert (balance(acme), len(gateway.charges())) == (Decimal("1250.50"), 1)


def test_a_declined_card_keeps_what_alice_typed_and_another_one_pays(
    sign_in: SignIn, alice: User, acme: Reseller, gateway: Gateway, console: list[str]
) -> None:
    good = make_card(gateway, acme, "mastercard", brand="mastercard", is_default=False)
    declined = make_card(gateway, acme, "insufficient_funds", last4="9995")
    page = sign_in(alice)
    type_amount(page, "80.00")
    page.get_by_label("Card", exact=True).select_option(label=str(declined))
    press(page)
    expect(page.get_by_role("alert").first).to_contain_text("not enough funds")
    console.clear()  # the browser notes the 422
    expect(page.get_by_label("Amount in EUR")).to_have_value("80.00")
    check_accessible(page)

    page.get_by_label("Card", exact=True).select_option(label=str(good))
    press(page)
    expect(page.locator("#messages")).to_contain_text(f"deposited from {good}")
    assert balance(acme) == 80


def test_alice_confirms_a_deposit_on_the_banks_page(
    sign_in: SignIn, alice: User, acme: Reseller, gateway: Gateway
) -> None:
    make_card(gateway, acme, "needs_authentication")
    page = sign_in(alice)
    type_amount(page, "99.00")
    press(page)
    expect(page.get_by_text("Nothing is charged until then.")).to_be_visible()
    check_accessible(page)
    assert balance(acme) == 0
    page.get_by_role("link", name="Confirm with the bank").click()
    page.get_by_role("button", name="Confirm payment").click()
    expect(page.get_by_text("The card was charged.")).to_be_visible()
    page.get_by_role("link", name="Deposit", exact=True).click()
    expect(page.locator("#result-count")).to_have_text("1 entry")
    assert balance(acme) == 99


def test_alice_does_not_confirm_and_nothing_is_charged(
    sign_in: SignIn, alice: User, acme: Reseller, gateway: Gateway
) -> None:
    make_card(gateway, acme, "needs_authentication")
    page = sign_in(alice)
    type_amount(page, "99.00")
    press(page)
    page.get_by_role("link", name="Confirm with the bank").click()
    page.get_by_role("button", name="Fail").click()
    expect(page.get_by_text("The card was charged.")).to_have_count(0)
    check_accessible(page)
    assert balance(acme) == 0
    assert gateway.charges() == []


def test_alice_watches_a_payment_that_nobody_knows_of_yet(
    sign_in: SignIn, alice: User, acme: Reseller, gateway: Gateway, settings: Any
) -> None:
    settings.STRIPE_TIMEOUT_SECONDS = (1, 0.5)
    make_card(gateway, acme)
    gateway.fault("timeout_before", seconds=2)
    page = sign_in(alice)
    type_amount(page, "20.00")
    press(page)
    expect(page.get_by_text("The card is charged once at most.")).to_be_visible()
    check_accessible(page)
    page.goto("/settings/payment/")
    check_accessible(page)
    page.get_by_role("row").filter(has_text="Checking payment").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Card payment")
