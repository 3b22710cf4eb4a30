"""Ann mails links, one by one and to a pasted list, and replaces a code: in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from licenses.models import License
from mailing.models import Mail
from orders.models import Order
from resellers.models import Reseller, User
from tests.browser.conftest import check_accessible
from tests.browser.test_activation import choose, open_keys, row
from tests.factories import PASSWORD, make_order

SignIn = Callable[[User], Page]
TO = "nina@nova.example"


@pytest.fixture
def order(acme: Reseller) -> Order:
    """An order of three available licenses."""
    return make_order(acme, quantity=3)


@pytest.fixture
def license(order: Order) -> License:
    """The first of them."""
    return order.licenses.all()[0]


def dialog_of(page: Page) -> Locator:
    return page.get_by_role("dialog")


def test_ann_shows_the_qr_code_sends_the_link_and_replaces_the_code(
    sign_in: SignIn, ann: User, license: License, console: list[str]
) -> None:
    page = sign_in(ann)
    open_keys(page, license)
    dialog = choose(page, license, "Activation Link")
    dialog.get_by_text("QR code", exact=True).click()
    expect(dialog.get_by_role("img", name="QR code of this link")).to_be_visible()
    check_accessible(page)
    with page.expect_download() as download:
        dialog.get_by_role("link", name="Download as SVG").click()
    assert download.value.suggested_filename == f"activation-link-{str(license)[-5:]}.svg"
    dialog.get_by_role("link", name="Send by mail").click()
    expect(dialog.get_by_label("Customer's e-mail")).to_be_focused()
    dialog.get_by_label("Customer's e-mail").fill("nina@nova")
    dialog.get_by_label("Your own words").fill("Have fun")
    dialog.get_by_role("button", name="Send the link").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Give a whole e-mail address")
    expect(dialog.get_by_label("Your own words")).to_have_value("Have fun")
    check_accessible(page)
    dialog.get_by_label("Customer's e-mail").fill(TO)
    dialog.get_by_role("button", name="Send the link").click()
    expect(page.get_by_text(f"is on its way to {TO}.")).to_be_visible()
    expect(row(page, license)).to_contain_text("Link sent")
    dialog = choose(page, license, "Activation Link")
    expect(dialog).to_contain_text("was sent to a customer on")
    expect(dialog).to_contain_text(f"Activation link to {TO}")
    check_accessible(page)
    dialog.get_by_role("link", name="Replace the code").click()
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    check_accessible(page)
    dialog.get_by_role("button", name="Replace the code").click()
    expect(page.get_by_text("Its old link is dead.")).to_be_visible()
    expect(row(page, license)).not_to_contain_text("Link sent")
    expect(row(page, license)).not_to_contain_text(str(license))
    assert [text for text in console if "422" not in text] == []
    console.clear()


def test_ann_sends_an_orders_links_to_a_list(
    sign_in: SignIn, ann: User, order: Order, console: list[str]
) -> None:
    page = sign_in(ann)
    page.goto(f"/orders/{order.number}/")
    page.get_by_role("link", name="Send Links").click()
    addresses = page.get_by_label("Addresses", exact=True)
    addresses.fill(f"Nina <{TO}>\notto")
    page.get_by_role("button", name="Check the list").click()
    expect(page.get_by_role("alert")).to_contain_text("Line 2: There is no e-mail address")
    expect(addresses).to_have_value(f"Nina <{TO}>\notto")
    check_accessible(page)
    addresses.fill(f"Nina <{TO}>\n{TO.upper()}")
    page.get_by_role("button", name="Check the list").click()
    expect(page.get_by_role("alert")).to_contain_text("Line 2: The same address as in line 1.")
    check_accessible(page)
    page.get_by_label("Send to these addresses all the same").check()
    page.get_by_role("button", name="Check the list").click()
    expect(page.get_by_role("cell", name="2 of 3")).to_be_visible()
    check_accessible(page)
    page.get_by_role("button", name="Send 2 links").click()
    expect(page).to_have_url(re.compile(r"/send-links/[0-9a-f-]{36}/$"))
    expect(page.get_by_role("row", name="1 of 3")).to_contain_text("Queued")
    check_accessible(page)
    assert Mail.objects.filter(kind="activation_link").count() == 2
    assert [text for text in console if "422" not in text] == []
    console.clear()


def test_without_scripts_a_link_is_sent_and_a_code_replaced(
    browser: Browser, live_server: LiveServer, ann: User, license: License
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("E-mail").fill(ann.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"/licenses/{license.uuid}/activation-link/")
    page.get_by_role("link", name="Send by mail").click()
    page.get_by_label("Customer's e-mail").fill(TO)
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_text(f"is on its way to {TO}.")).to_be_visible()
    page.goto(f"/licenses/{license.uuid}/activation-link/")
    page.get_by_role("link", name="Replace the code").click()
    page.get_by_role("button", name="Replace the code").click()
    expect(page.get_by_text("Its old link is dead.")).to_be_visible()
    context.close()


def test_a_viewer_reads_why_and_gets_nothing(sign_in: SignIn, bob: User, license: License) -> None:
    page = sign_in(bob)
    page.goto(f"/orders/{license.order.number}/")
    expect(page.get_by_text("Send Links, Buy More: Your role may only look.")).to_be_visible()
    expect(page.get_by_role("link", name="Send Links")).to_have_count(0)
