"""Renew by hand, in a browser: from the balance, and by a card whose bank asks."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from catalog.models import Product
from licenses.models import License, Renewal
from resellers.models import Reseller, User
from tests.billing.cards import make_card
from tests.browser.conftest import check_accessible
from tests.factories import make_entry
from tests.gateway import Gateway
from tests.licenses.renewing import make_guard, make_renewing

SignIn = Callable[[User], Page]


@pytest.fixture
def guard(transactional_db: None) -> Product:
    return make_guard()


@pytest.fixture
def license(acme: Reseller, guard: Product) -> License:
    """It ends in ten days and renews for 120.00."""
    return make_renewing(acme, guard, 10)


@pytest.fixture
def card_gateway(gateway: Gateway, settings: Any, live_server: LiveServer) -> Gateway:
    """A gateway that leads back to the live server."""
    settings.SITE_URL = live_server.url
    return gateway


def ask_to_renew(page: Page, license: License) -> None:
    """Open the dialog in the row of the license."""
    page.goto(f"/orders/{license.order.number}/license-keys/")
    page.locator(f"#menu-{license.uuid}-button").click()
    page.get_by_role("link", name="Renew", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("Renew license")


def test_ann_renews_from_the_balance_and_sees_the_new_end(
    sign_in: SignIn, ann: User, acme: Reseller, license: License
) -> None:
    make_entry(acme, "500.00")
    page = sign_in(ann)
    ask_to_renew(page, license)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("CSS balance EUR\xa0380.00 will be left")
    check_accessible(page)
    dialog.get_by_role("button", name="Renew for EUR\xa0120.00").click()
    expect(page.get_by_text("is renewed until").first).to_be_visible()
    expect(page.get_by_role("link", name="Balance: EUR")).to_contain_text("380.00")
    page.goto("/balance/?kind=renewal")
    expect(page.get_by_role("main")).to_contain_text(license.order.number)
    assert Renewal.objects.get().state == "paid"


def test_alice_renews_by_the_default_card(
    sign_in: SignIn, alice: User, acme: Reseller, license: License, card_gateway: Gateway
) -> None:
    card = make_card(card_gateway, acme)
    page = sign_in(alice)
    ask_to_renew(page, license)
    expect(page.get_by_role("dialog")).to_contain_text(f"{card} the default card")
    check_accessible(page)
    page.get_by_role("button", name="Renew for EUR\xa0120.00").click()
    expect(page.get_by_text("is renewed until").first).to_be_visible()
    assert [each["amount"] for each in card_gateway.charges()] == [12000]


def test_alice_renews_by_a_card_whose_bank_asks(
    sign_in: SignIn, alice: User, acme: Reseller, license: License, card_gateway: Gateway
) -> None:
    make_card(card_gateway, acme, "needs_authentication")
    page = sign_in(alice)
    ask_to_renew(page, license)
    page.get_by_role("button", name="Renew for EUR\xa0120.00").click()
    page.wait_for_url("**/payments/*/")
    expect(page.get_by_text("Nothing is charged until then.")).to_be_visible()
    check_accessible(page)
    confirm(page)
    expect(page.get_by_text("The card was charged.")).to_be_visible()
    check_accessible(page)
    assert Renewal.objects.get().state == "paid"
    assert [each["amount"] for each in card_gateway.charges()] == [12000]


def confirm(page: Page) -> None:
    """Do what the bank asks for, whichever way the page leads there."""
    asked = page.get_by_role("link", name="Confirm with the bank")
    if not asked.count():
        page.get_by_role("button", name="Confirm this payment").click()
    asked.click()
    page.get_by_role("button", name="Confirm payment").click()


def test_a_declined_card_is_told_in_the_dialog(
    sign_in: SignIn, alice: User, license: License, card_gateway: Gateway, console: list[str]
) -> None:
    make_card(card_gateway, license.reseller, "insufficient_funds")
    page = sign_in(alice)
    ask_to_renew(page, license)
    page.get_by_role("button", name="Renew for EUR\xa0120.00").click()
    expect(page.get_by_role("dialog")).to_contain_text("not enough funds")
    console.clear()  # the browser notes the 422
    check_accessible(page)
    assert card_gateway.charges() == []
