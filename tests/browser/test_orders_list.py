"""The list of orders with scripts: what is swapped, where the focus goes, what Back brings back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from resellers.models import Reseller, User
from tests.factories import CustomerFactory, OrderFactory, make_order

SignIn = Callable[[User], Page]


@pytest.fixture
def page_of_ann(sign_in: SignIn, ann: User, acme: Reseller) -> Page:
    """Ann at the list: five orders of today."""
    OrderFactory.create_batch(4, reseller=acme, user=ann, payment_type="card", available=0)
    make_order(acme, user=ann, number="1234567890")
    page = sign_in(ann)
    page.goto("/orders/?page_size=2&date_from=")
    return page


def said(page: Page, text: str) -> None:
    """Wait until the result line says so."""
    expect(page.locator("#result-count")).to_have_text(text)


def focused(page: Page) -> str:
    """Return the id of the element that has the focus."""
    return str(page.evaluate("document.activeElement.id"))


def test_a_search_by_keyboard_keeps_the_focus_in_its_field(page_of_ann: Page) -> None:
    page = page_of_ann
    page.get_by_label("Order number").press_sequentially("1234567")
    page.keyboard.press("Enter")
    said(page, "1 order")
    assert focused(page) == "id_order_number"
    expect(page).to_have_url(re.compile(r"/orders/\?order_number=1234567&page_size=2$"))
    expect(page.get_by_role("link", name="Remove filter Order number: 1234567")).to_be_visible()


def test_a_filter_taken_away_leads_the_focus_to_the_results(page_of_ann: Page) -> None:
    page = page_of_ann
    page.goto("/orders/?payment_type=balance")
    said(page, "1 order")
    page.get_by_role("link", name="Remove filter Payment type").click()
    said(page, "5 orders")
    expect(page.locator("#results-title")).to_be_focused()
    expect(page.get_by_label("Payment type")).to_have_value("")


def test_back_and_forward_go_through_the_pages(page_of_ann: Page) -> None:
    page = page_of_ann
    pages = page.get_by_role("navigation", name="Pages")
    pages.get_by_role("link", name="Next").click()
    expect(pages).to_contain_text("3–4 of 5")
    expect(page.locator("#results-title")).to_be_focused()
    pages.get_by_role("link", name="Last").click()
    expect(pages).to_contain_text("5–5 of 5")
    page.go_back()
    expect(pages).to_contain_text("3–4 of 5")
    page.go_back()
    expect(pages).to_contain_text("1–2 of 5")
    page.go_forward()
    expect(pages).to_contain_text("3–4 of 5")
    expect(page.get_by_role("search", name="Orders")).to_have_count(1)


def test_sorting_happens_on_choice(page_of_ann: Page) -> None:
    page = page_of_ann
    page.get_by_label("Sort by").select_option("number")
    expect(page).to_have_url(re.compile("sort=number"))
    numbers = page.locator(".tile").evaluate_all("tiles => tiles.map(t => t.dataset.number)")
    assert numbers == sorted(numbers)


def test_a_tile_opens_by_key_loads_once_and_stands_in_the_address(page_of_ann: Page) -> None:
    page = page_of_ann
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.goto("/orders/?order_number=1234567890")
    page.on("request", note)
    tile = page.locator("#order-1234567890")
    tile.locator("summary").focus()
    for address in ("open=1234567890", "order_number=1234567890$", "open=1234567890"):
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(address))
        expect(tile).to_contain_text("Payment Type")
    assert len([url for url in asked if url.endswith("/orders/1234567890/")]) == 1


def test_what_was_entered_wrong_is_said_and_put_right_in_place(page_of_ann: Page) -> None:
    page = page_of_ann
    page.goto("/orders/?date_from=2026-11-31")
    said(page, "Nothing was searched")
    page.get_by_role("link", name="From: Give a day that exists").click()
    assert focused(page) == "id_date_from"
    page.get_by_label("From", exact=True).fill("")
    page.keyboard.press("Enter")
    said(page, "5 orders")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_custom_days_begin_in_the_date_field_and_are_no_step_of_the_way(page_of_ann: Page) -> None:
    page = page_of_ann
    page.goto("/orders/")
    page.get_by_role("link", name="Custom", exact=True).click()
    assert focused(page) == "id_date_from"
    expect(page).to_have_url(re.compile("/orders/$"))
    expect(page.locator(".presets [aria-current]")).to_have_text("Custom")


def test_the_keys_in_a_tile_keep_the_focus_and_can_be_hidden(
    page_of_ann: Page, acme: Reseller
) -> None:
    page, number = page_of_ann, make_order(acme, quantity=30).number
    page.goto(f"/orders/?open={number}")
    page.get_by_role("link", name="Show License Keys").press("Enter")
    table = page.locator(f"#key-table-{number}")
    table.get_by_role("link", name="Status").press("Enter")
    expect(table.locator("[aria-sort=ascending]")).to_contain_text("Status")
    assert focused(page) == f"key-table-{number}-by-status"
    table.get_by_role("link", name="Last").press("Enter")
    expect(table.locator("caption")).to_be_focused()
    expect(page).to_have_url(re.compile(rf"/orders/\?open={number}$"))
    page.get_by_role("link", name="Hide License Keys").press("Enter")
    expect(table).to_have_count(0)
    assert focused(page) == f"keys-{number}"


def test_an_orders_own_page_shows_its_keys_and_keeps_its_figures_true(
    page_of_ann: Page, acme: Reseller
) -> None:
    page, order = page_of_ann, make_order(acme, quantity=2)
    page.goto(f"/orders/{order.number}/")
    license = order.licenses.all()[0]
    page.get_by_role("button", name=f"Actions for license {license}").click()
    page.get_by_role("link", name="Activate", exact=True).click()
    customer = CustomerFactory.create(reseller=acme)
    page.get_by_role("dialog").get_by_label("E-mail").fill(customer.email)
    page.get_by_role("dialog").get_by_role("button", name="Activate").click()
    expect(page.locator(f"#stock-{order.number}")).to_contain_text("1 active · 1 available")


def test_a_search_in_the_keys_stands_in_the_address_of_their_page(
    page_of_ann: Page, acme: Reseller
) -> None:
    page, number = page_of_ann, make_order(acme, quantity=30).number
    page.goto(f"/orders/{number}/license-keys/")
    page.get_by_label("Status").select_option("available")
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile("/license-keys/\\?status=available$"))
    page.go_back()
    expect(page).to_have_url(re.compile("/license-keys/$"))
    expect(page.get_by_label("Status")).to_have_value("")
