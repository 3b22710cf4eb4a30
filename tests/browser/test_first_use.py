"""The first hour of a new company: from the invitation to the first link on its way."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from billing.actions import book_transfer
from billing.models import VendorDetails
from mailing.delivery import write
from mailing.models import Mail
from people.actions import open_reseller
from resellers.models import Reseller, User
from tests.browser.conftest import check_accessible
from tests.orders.shop import open_shop

SignIn = Callable[[User], Page]


@pytest.fixture
def initech(sam: User) -> Reseller:
    """A company that has just been opened; Ida is invited, and Guard is on sale."""
    VendorDetails.objects.create(
        name="Rampart", address="Quay 2", bank_details="Harbour Bank\nIBAN DE00 1234 5678"
    )
    values = ("Initech", "EUR", "Europe/Berlin", "Ida Initech", "ida@initech.example")
    reseller = open_reseller(*values, actor=sam, now=timezone.now())
    open_shop(reseller, "0")
    return reseller


def accept(page: Page, live_server: LiveServer) -> None:
    """Follow the link of the invitation's mail and choose a password."""
    found = re.search(r"/accounts/invitation/\S+", write(Mail.objects.get()).text)
    assert found
    page.goto(live_server.url + found[0])
    page.get_by_label("Password", exact=True).fill("a-quite-new-password")
    page.get_by_label("Password, once more").fill("a-quite-new-password")
    page.get_by_role("button", name="Open my account").click()


def steps_done(page: Page, text: str) -> None:
    """Go home and see how many steps are done."""
    page.goto("/")
    expect(page.get_by_role("region", name="First steps")).to_contain_text(text)


def test_ida_is_led_from_her_invitation_to_the_first_link(
    page: Page, live_server: LiveServer, initech: Reseller, sam: User
) -> None:
    accept(page, live_server)
    steps_done(page, "0 of 4 done")
    check_accessible(page)
    enter_the_company(page)
    put_money_on(page, initech, sam)
    buy(page)
    pass_on(page)
    page.goto("/")
    expect(page.get_by_role("heading", name="Reseller Portal")).to_be_visible()
    expect(page.get_by_role("region", name="First steps")).to_have_count(0)


def enter_the_company(page: Page) -> None:
    """Take the first step."""
    page.get_by_role("link", name="Enter address and tax number").click()
    page.get_by_label("Address").fill("1 Main Street\nAustin")
    page.get_by_label("Tax number").fill("US 1")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The settings of the company are saved.")).to_be_visible()
    steps_done(page, "1 of 4 done")


def put_money_on(page: Page, reseller: Reseller, sam: User) -> None:
    """Take the second: the transfer arrives, as its reference says."""
    steps = page.get_by_role("region", name="First steps")
    expect(steps).to_contain_text("IBAN DE00 1234 5678")
    expect(steps).to_contain_text(reseller.account.transfer_reference)
    page.goto("/balance/")
    expect(page.get_by_text("Begin with a bank transfer")).to_be_visible()
    check_accessible(page)
    book_transfer(reseller.pk, Decimal(500), "NTRF 1", actor=sam, now=timezone.now())
    steps_done(page, "2 of 4 done")
    check_accessible(page)


def buy(page: Page) -> None:
    """Take the third."""
    page.get_by_role("region", name="First steps").get_by_role("link", name="Buy licenses").click()
    page.get_by_label("Product").select_option("guard")
    page.get_by_label("Quantity").fill("2")
    page.get_by_role("button", name="Buy for EUR 240.00").click()
    expect(page.get_by_text("Bought: 2 licenses of Guard")).to_be_visible()
    steps_done(page, "3 of 4 done")


def pass_on(page: Page) -> None:
    """Take the last."""
    page.get_by_role("link", name=re.compile("Open order")).click()
    page.get_by_role("button", name=re.compile("Actions")).first.click()
    page.get_by_role("link", name="Activation Link").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("link", name="Send by mail").click()
    dialog.get_by_label("E-mail").fill("maria@muster.example")
    dialog.get_by_role("button", name="Send").click()
    expect(page.get_by_text("maria@muster.example").first).to_be_visible()
