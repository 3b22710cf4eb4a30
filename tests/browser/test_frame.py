"""The frame around every page: menu, appearance, keys, dialogs."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from orders.models import Order
from resellers.models import Reseller, User
from tests.browser.conftest import check_accessible
from tests.factories import make_order

RESEND = re.compile("resend-email")
SignIn = Callable[[User], Page]


@pytest.fixture
def order(acme: Reseller, alice: User) -> Order:
    """An order of today with three licenses available."""
    return make_order(reseller=acme, user=alice, quantity=3)


def test_a_chosen_appearance_stays(sign_in: SignIn, alice: User) -> None:
    page = sign_in(alice)
    page.get_by_role("button", name="preferences").click()
    page.get_by_label("Dark").check()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.goto("/orders/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    page.get_by_role("button", name="preferences").click()
    expect(page.get_by_label("Dark")).to_be_checked()


def test_a_slash_leads_to_the_search(sign_in: SignIn, alice: User) -> None:
    page = sign_in(alice)
    page.goto("/orders/")
    page.keyboard.press("/")
    expect(page.get_by_label("Find anything")).to_be_focused()


def test_a_question_mark_shows_the_keys_and_they_can_be_switched_off(
    sign_in: SignIn, alice: User
) -> None:
    page = sign_in(alice)
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard")
    expect(keys).to_be_visible()
    check_accessible(page)
    keys.get_by_label("single keys").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("?")
    expect(keys).to_be_hidden()


def test_the_menu_is_a_drawer_on_a_phone_without_scripts_too(
    browser: Browser, live_server: LiveServer, sign_in: SignIn, alice: User
) -> None:
    cookies = sign_in(alice).context.cookies()
    phone = browser.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 844}, java_script_enabled=False
    )
    phone.add_cookies(cookies)  # type: ignore[arg-type]
    page = phone.new_page()
    page.goto("/")
    areas = page.get_by_role("navigation", name="Areas", exact=True)
    expect(areas).to_be_hidden()
    page.get_by_role("button", name="Menu", exact=True).click()
    areas.get_by_role("link", name="Licenses Purchased").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Licenses Purchased")
    phone.close()


def test_a_dialog_that_asks_to_confirm_opens_with_cancel_in_focus(
    sign_in: SignIn, alice: User, order: Order
) -> None:
    page = sign_in(alice)
    page.goto(f"/orders/{order.number}/")
    page.get_by_role("link", name="Resend Email").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()


def test_a_dialog_gives_the_focus_back(sign_in: SignIn, alice: User, order: Order) -> None:
    page = sign_in(alice)
    page.goto(f"/orders/{order.number}/license-keys/")
    menu = page.get_by_role("button", name="Actions for license").first
    menu.click()
    page.get_by_role("link", name="Activate", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    check_accessible(page)
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()


def test_an_open_tile_is_part_of_the_address(sign_in: SignIn, alice: User, order: Order) -> None:
    page = sign_in(alice)
    page.goto("/orders/")
    tile = page.locator("summary", has_text=order.number)
    tile.click()
    page.wait_for_url(f"**/orders/?open={order.number}")
    page.reload()
    expect(page.get_by_role("link", name="Show License Keys")).to_be_visible()
    tile.click()
    page.wait_for_url("**/orders/")


def test_a_refused_request_says_why(
    sign_in: SignIn, alice: User, order: Order, console: list[str]
) -> None:
    page = sign_in(alice)
    page.goto(f"/orders/?open={order.number}")
    gone = "<h1>Gone</h1><p data-sentence>The order is gone.</p>"
    page.route(RESEND, lambda route: route.fulfill(status=404, content_type="text/html", body=gone))
    page.get_by_role("link", name="Resend Email").click()
    expect(page.get_by_role("alert")).to_have_text("The order is gone.")
    console.clear()


def test_a_lost_connection_says_so(
    sign_in: SignIn, alice: User, order: Order, console: list[str]
) -> None:
    page = sign_in(alice)
    page.goto(f"/orders/?open={order.number}")
    page.route(RESEND, lambda route: route.abort())
    page.get_by_role("link", name="Resend Email").click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    console.clear()
