"""No page scrolls sideways, however wide the window: what is wider scrolls within itself."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from exports.models import Export
from orders.models import Order
from resellers.models import DistributionCompany, Reseller, User
from tests.factories import make_order

SignIn = Callable[[User], Page]
WIDTHS = (320, 390, 640, 700, 800, 900, 1024, 1100, 1280, 1440)
PHONE: ViewportSize = {"width": 390, "height": 844}
SMALL = """() => [...document.querySelectorAll(
    '.presets a, .presets span, summary, .chips a, .search .button, .crumbs a'
)].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44)
  .map(e => `${e.textContent.trim()}: ${e.getBoundingClientRect().height}`)"""


@pytest.fixture
def order(acme: Reseller, alice: User) -> Order:
    """An order with long words and 25 licenses: its keys fill a page and can be searched."""
    company = DistributionCompany.objects.create(
        reseller=acme, name="Delta, Echo & Foxtrot International Distribution"
    )
    return make_order(
        acme, user=alice, quantity=25, distribution_company=company, reference="PO-2026-06577/A"
    )


def too_wide(page: Page) -> list[int]:
    """Return the widths of the window at which the page scrolls sideways."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(width)
    return found


def right_edge(element: Locator) -> float:
    """Return where an element ends, in px from the left edge of the window."""
    box = element.bounding_box()
    assert box is not None
    return box["x"] + box["width"]


def test_no_page_scrolls_sideways(sign_in: SignIn, alice: User, order: Order) -> None:
    page = sign_in(alice)
    Export.objects.create(kind="orders", by=alice, reseller=order.reseller, covers="Purchased")
    paths = (
        "/",
        "/orders/",
        f"/orders/{order.number}/license-keys/",
        "/activations/",
        "/customers/",
        "/exports/",
    )
    wide = {}
    for path in paths:
        page.goto(path)
        wide[path] = too_wide(page)
    assert wide == {path: [] for path in paths}


def test_codes_stand_on_one_line_where_there_is_room(
    sign_in: SignIn, alice: User, order: Order
) -> None:
    page = sign_in(alice)
    page.goto(f"/orders/?open={order.number}")
    page.get_by_role("link", name="Show License Keys").click()
    code = page.get_by_role("region", name="Table: License keys").locator(".code").first
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        box = code.bounding_box()
        assert box
        assert box["height"] < 25, width


def test_an_open_tile_with_its_keys_stays_within_the_window(
    sign_in: SignIn, alice: User, order: Order
) -> None:
    page = sign_in(alice)
    page.goto(f"/orders/?open={order.number}")
    page.get_by_role("link", name="Show License Keys").click()
    keys = page.get_by_role("region", name="Table: License keys")
    expect(keys).to_be_visible()
    assert too_wide(page) == []
    page.set_viewport_size({"width": 1024, "height": 900})
    menu = keys.get_by_role("button", name="Actions for license").first
    assert right_edge(page.locator(".tile")) <= 1024
    assert right_edge(menu) <= right_edge(keys)


def test_a_row_of_an_order_is_72_px_high_on_a_tablet(
    sign_in: SignIn, alice: User, order: Order
) -> None:
    page = sign_in(alice)
    page.set_viewport_size({"width": 800, "height": 900})
    page.goto("/orders/")
    row = page.locator(".tile-row").bounding_box()
    assert row is not None
    assert row["height"] == 72


def test_a_phone_begins_with_the_orders_without_scripts_too(
    browser: Browser, live_server: LiveServer, sign_in: SignIn, alice: User, order: Order
) -> None:
    cookies = sign_in(alice).context.cookies()
    phone = browser.new_context(
        base_url=live_server.url, viewport=PHONE, has_touch=True, java_script_enabled=False
    )
    phone.add_cookies(cookies)  # type: ignore[arg-type]
    page = phone.new_page()
    page.goto("/orders/")
    number = page.get_by_role("textbox", name="Order number")
    expect(number).to_be_hidden()
    expect(page.locator(".tile").first).to_be_in_viewport(ratio=1)
    page.get_by_text("Search, filter and export").click()
    number.fill(order.number)
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page).to_have_url(re.compile(order.number))
    expect(number).to_be_visible()
    phone.close()


def test_what_a_finger_touches_is_44_px_high(
    browser: Browser, live_server: LiveServer, sign_in: SignIn, alice: User, order: Order
) -> None:
    cookies = sign_in(alice).context.cookies()
    tablet = browser.new_context(
        base_url=live_server.url, viewport={"width": 820, "height": 1180}, has_touch=True
    )
    tablet.add_cookies(cookies)  # type: ignore[arg-type]
    page = tablet.new_page()
    page.goto("/orders/")
    assert page.evaluate("matchMedia('(pointer: coarse)').matches")
    assert page.evaluate(SMALL) == []
    tablet.close()
