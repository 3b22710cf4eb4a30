"""One search, from the header of every page, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from orders.models import Order
from resellers.models import Reseller, User
from tests.browser.conftest import check_accessible
from tests.factories import CustomerFactory, make_active, make_order
from tests.orders.conftest import first_license

SignIn = Callable[[User], Page]


@pytest.fixture
def order(acme: Reseller, alice: User) -> Order:
    """An order of three, of which Nova uses one; Acme has another one with a like reference."""
    nova = CustomerFactory.create(reseller=acme, company="Nova", email="info@nova.example")
    order = make_order(acme, user=alice, quantity=3, reference="PO-1")
    make_active(first_license(order), customer=nova)
    make_order(acme, user=alice, quantity=1, reference="PO-12")
    return order


def find(page: Page, text: str) -> None:
    page.keyboard.press("/")
    page.get_by_label("Find anything").fill(text)
    page.keyboard.press("Enter")


def test_ann_finds_what_she_names_and_what_begins_so(
    sign_in: SignIn, ann: User, order: Order
) -> None:
    page = sign_in(ann)
    page.goto("/orders/")
    find(page, "po-")
    expect(page.get_by_role("heading", name="Orders by own reference 2")).to_be_visible()
    check_accessible(page)
    page.get_by_role("link", name="Show all").click()
    expect(page.locator("#result-count")).to_have_text("2 orders")
    find(page, "nova")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nova")
    find(page, order.number)
    page.wait_for_url(f"**/orders/{order.number}/")


def test_a_code_leads_to_its_row_and_is_in_no_address(
    sign_in: SignIn, ann: User, order: Order
) -> None:
    page = sign_in(ann)
    addresses: list[str] = []
    page.on("request", lambda asked: addresses.extend(asked.headers.get("referer", "").split()))
    license = order.licenses.last()
    assert license
    find(page, license.activation_code.lower())
    expect(page.locator("tr:target")).to_have_id(f"license-{license.uuid}")
    assert license.activation_code.lower() not in page.url
    find(page, "nothing like it")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    page.get_by_role("link", name="Home", exact=True).click()
    page.get_by_role("heading", name="Reseller Portal").wait_for()
    assert addresses
    assert [address for address in addresses if "q=" in address] == []


def test_bob_is_told_what_can_be_searched(sign_in: SignIn, bob: User, order: Order) -> None:
    page = sign_in(bob)
    find(page, "nothing like it")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    expect(page.get_by_role("heading", name="What can be searched for")).to_be_visible()
    expect(page.get_by_text("activation code or link")).to_have_count(0)
    check_accessible(page)
    find(page, "po")
    expect(page.get_by_role("heading", name="Orders by own reference 2")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()


def test_on_a_phone_the_box_unfolds_without_scripts_too(
    browser: Browser, live_server: LiveServer, sign_in: SignIn, ann: User, order: Order
) -> None:
    cookies = sign_in(ann).context.cookies()
    phone = browser.new_context(
        base_url=live_server.url,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        java_script_enabled=False,
    )
    phone.add_cookies(cookies)  # type: ignore[arg-type]
    page = phone.new_page()
    page.goto("/")
    page.locator("label[for=find]").tap()
    box = page.get_by_label("Find anything")
    expect(box).to_be_focused()
    room = box.bounding_box()
    assert room is not None
    assert room["width"] == 390
    box.fill(order.number)
    box.press("Enter")
    page.wait_for_url(f"**/orders/{order.number}/")
    phone.close()
