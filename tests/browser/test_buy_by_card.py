"""Buying by card in a browser, with the bank's question on the way."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from catalog.models import Product
from orders.models import Order
from resellers.models import Reseller, User
from tests.billing.cards import make_card
from tests.browser.conftest import check_accessible
from tests.gateway import Gateway
from tests.orders.shop import open_shop


@pytest.fixture
def guard(acme: Reseller, settings: Any, live_server: LiveServer) -> Product:
    """Guard is on sale, and Acme has no money in its account."""
    settings.SITE_URL = live_server.url
    return open_shop(acme, "0.00")


def choose(page: Page, card: str) -> None:
    """Choose to pay two licenses by card."""
    page.goto("/orders/buy/?product=guard&term=12&quantity=2")
    expect(page.get_by_label("Card", exact=True)).to_be_hidden()
    page.get_by_label("Pay by").select_option(label="Credit card")
    page.get_by_label("Card", exact=True).select_option(label=card)
    expect(page.locator("#quote")).to_contain_text("Charged to the card")


@pytest.mark.usefixtures("guard")
def test_alice_confirms_at_the_bank_and_sees_her_order(
    sign_in: Callable[[User], Page], alice: User, acme: Reseller, gateway: Gateway
) -> None:
    card = make_card(gateway, acme, "needs_authentication")
    page = sign_in(alice)
    choose(page, str(card))
    check_accessible(page)
    page.get_by_role("button", name="Buy for EUR 240.00").click()
    page.get_by_role("link", name="Confirm with the bank").click()
    page.get_by_role("button", name="Confirm payment").click()

    expect(page.get_by_text("The card was charged.")).to_be_visible()
    check_accessible(page)
    page.get_by_role("link", name="Purchase", exact=True).click()
    order = Order.objects.get()
    expect(page.get_by_role("heading", level=1)).to_contain_text(order.number)
    expect(page.get_by_text(str(card))).to_be_visible()


@pytest.mark.usefixtures("guard")
def test_a_declined_card_is_told_beside_it_and_another_one_pays(
    sign_in: Callable[[User], Page], alice: User, gateway: Gateway, console: list[str]
) -> None:
    acme = Reseller.objects.get(name="Acme")
    good = make_card(gateway, acme, "mastercard", brand="mastercard")
    declined = make_card(gateway, acme, "declined", last4="0341")
    page = sign_in(alice)
    choose(page, str(declined))
    page.get_by_label("Your reference").fill("PO-11")
    page.get_by_role("button", name="Buy for EUR 240.00").click()
    expect(page.get_by_role("alert").first).to_contain_text("The card was declined")
    console.clear()  # the browser notes the 422
    expect(page.get_by_label("Your reference")).to_have_value("PO-11")
    check_accessible(page)

    page.get_by_label("Card", exact=True).select_option(label=str(good))
    page.get_by_role("button", name="Buy for EUR 240.00").dblclick()
    expect(page.get_by_text("Bought: 2 licenses of Guard")).to_be_visible()
    assert Order.objects.get().reference == "PO-11"
    assert len(gateway.charges()) == 1
