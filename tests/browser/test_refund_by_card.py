"""From a purchase by card to its receipt, and to the money that is back on the card."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from billing.payments.refunding import sweep_refunds
from orders.models import Order
from resellers.models import Reseller, User
from tests.billing.cards import make_card
from tests.browser.conftest import check_accessible
from tests.gateway import Gateway
from tests.orders.shop import broken, open_shop

SignIn = Callable[[User], Page]


@pytest.fixture
def shop(acme: Reseller, gateway: Gateway, settings: Any, live_server: LiveServer) -> None:
    """Guard is on sale; Acme has a card and no money in its account."""
    settings.SITE_URL = live_server.url
    open_shop(acme, "0.00")
    make_card(gateway, acme)


def buy_by_card(page: Page) -> Order:
    """Buy two licenses by card."""
    page.goto("/orders/buy/?product=guard&term=12&quantity=2")
    page.get_by_label("Pay by").select_option(label="Credit card")
    page.get_by_role("button", name="Buy for EUR 240.00").click()
    expect(page.get_by_text("Bought: 2 licenses of Guard")).to_be_visible()
    return Order.objects.get()


def sees_the_receipt(page: Page) -> None:
    """Look at the receipt and come back."""
    page.get_by_role("link", name="Receipt").click()
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible()
    expect(page.get_by_role("article")).to_contain_text("Credit card")
    expect(page.get_by_role("article")).to_contain_text("240.00")
    check_accessible(page)
    page.go_back()


def asks_for_a_refund(page: Page) -> None:
    """Ask for all that is left, and see that it is asked for."""
    page.get_by_role("link", name="Ask for a Refund").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Visa •••• 4242")
    check_accessible(page)
    dialog.get_by_label("Reason").fill("Bought twice")
    dialog.get_by_role("button", name="Ask for the refund").click()
    expect(page.get_by_text("The refund of 2 licenses is asked for.")).to_be_visible()


def approves(page: Page, order: Order) -> None:
    """Do what staff do about it."""
    page.goto(reverse("admin:orders_order_change", args=[order.pk]))
    page.get_by_role("link", name="Approve the refund").click()
    expect(page.get_by_role("main")).to_contain_text("The reason given: Bought twice")
    expect(page.get_by_role("main")).to_contain_text("Visa •••• 4242")
    page.get_by_role("button", name="Approve it").click()
    expect(page.get_by_text("2 licenses are cancelled")).to_be_visible()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("E-mail").wait_for()


@pytest.mark.usefixtures("shop")
def test_alice_buys_by_card_and_gets_her_money_back_once_sam_approves(
    sign_in: SignIn, alice: User, sam: User, gateway: Gateway
) -> None:
    page = sign_in(alice)
    order = buy_by_card(page)
    page.goto(f"/orders/{order.number}/")
    sees_the_receipt(page)
    asks_for_a_refund(page)
    assert gateway.refunds() == []
    sign_out(page)
    approves(sign_in(sam), order)
    assert sweep_refunds() == 1
    assert [each["amount"] for each in gateway.refunds()] == [24000]
    sign_out(page)
    sign_in(alice)
    page.goto(f"/orders/{order.number}/")
    expect(page.get_by_role("main")).to_contain_text("Refunded")
    check_accessible(page)
    assert broken() == []
