"""Buying, as a person does it: the total before, the order after, the receipt on paper."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from orders.models import Order
from resellers.models import Reseller, User
from tests.browser.conftest import check_accessible
from tests.factories import PASSWORD, make_order
from tests.orders.shop import open_shop


@pytest.fixture
def shop(acme: Reseller) -> None:
    """Guard is on sale, and Acme has 1,000.00."""
    open_shop(acme, "1000.00")


@pytest.mark.usefixtures("shop")
def test_ann_buys_from_the_price_list_and_sees_her_order(
    sign_in: Callable[[User], Page], ann: User
) -> None:
    page = sign_in(ann)
    page.get_by_role("navigation", name="Areas", exact=True).get_by_role(
        "link", name="Prices"
    ).click()
    check_accessible(page)
    page.get_by_role("link", name="Buy Guard, 12 months").click()
    expect(page.locator(".quote-total")).to_contain_text("120.00")

    page.get_by_label("Quantity").fill("12")
    expect(page.locator(".quote-total")).to_contain_text("1,200.00")
    expect(page.locator("#quote")).to_contain_text("200.00 is missing")
    check_accessible(page)
    page.get_by_label("Quantity").fill("5")
    expect(page.locator(".quote-total")).to_contain_text("600.00")
    expect(page.locator("#quote")).to_contain_text("400.00")
    page.get_by_label("Renew automatically").check()
    page.get_by_role("button", name="Buy for EUR 600.00").dblclick()

    expect(page.get_by_text("Bought: 5 licenses of Guard")).to_be_visible()
    order = Order.objects.get()
    expect(page.get_by_role("heading", level=1)).to_contain_text(order.number)
    expect(page.get_by_role("link", name="Balance: EUR 400.00")).to_be_visible()

    page.get_by_role("link", name="Receipt").click()
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible()
    check_accessible(page)


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("quantity", ["0", "501", "1.5", ""])
def test_no_total_stands_beside_a_quantity_that_cannot_be_bought(
    sign_in: Callable[[User], Page], ann: User, console: list[str], quantity: str
) -> None:
    page = sign_in(ann)
    page.goto("/orders/buy/?product=guard&term=12&quantity=2")
    expect(page.locator(".quote-total")).to_contain_text("240.00")
    page.get_by_label("Quantity").fill(quantity)
    expect(page.locator(".quote-total")).to_have_count(0)
    page.get_by_role("button", name="Show the total").click()
    expect(page.locator("#id_quantity_error")).to_be_visible()
    expect(page.get_by_label("Quantity")).to_have_value(quantity)
    console.clear()  # the browser notes the 422
    assert not Order.objects.exists()


@pytest.mark.usefixtures("shop")
def test_on_a_phone_no_button_covers_a_price(sign_in: Callable[[User], Page], ann: User) -> None:
    page = sign_in(ann)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/prices/")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="Buy Guard, 12 months"))
    button = row.get_by_role("link").bounding_box()
    term = row.locator("[data-label=Term]").bounding_box()
    assert button
    assert term
    assert button["y"] >= term["y"] + term["height"]


@pytest.mark.usefixtures("shop")
def test_going_back_and_buying_again_is_still_one_order(
    sign_in: Callable[[User], Page], ann: User
) -> None:
    page = sign_in(ann)
    page.goto("/orders/buy/?product=guard&term=12&quantity=2")
    page.get_by_role("button", name="Buy for").click()
    expect(page.get_by_text("Bought: 2 licenses")).to_be_visible()
    shown = page.url
    page.go_back()
    page.get_by_role("button", name="Buy for").click()
    page.wait_for_url(shown)
    page.reload()
    assert Order.objects.count() == 1


@pytest.mark.usefixtures("shop")
def test_without_scripts_the_total_is_confirmed(
    browser: Browser, live_server: LiveServer, ann: User
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/orders/buy/")
    page.get_by_label("E-mail").fill(ann.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Product").select_option("Guard")
    page.get_by_label("Quantity").fill("3")
    page.get_by_role("button", name="Show the total").click()
    expect(page.get_by_role("alert")).to_contain_text("Check the total")
    page.get_by_role("button", name="Buy for EUR 360.00").click()
    expect(page.get_by_text("Bought: 3 licenses")).to_be_visible()
    context.close()


@pytest.mark.usefixtures("shop")
def test_alice_asks_for_a_refund_in_the_tile(
    sign_in: Callable[[User], Page], alice: User, acme: Reseller
) -> None:
    order = make_order(acme, user=alice, quantity=2)
    page = sign_in(alice)
    page.goto(f"/orders/?open={order.number}")
    page.get_by_role("link", name="Ask for a Refund").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("240.00")
    check_accessible(page)
    dialog.get_by_label("Reason").fill("Bought twice")
    dialog.get_by_role("button", name="Ask for the refund").click()
    expect(page.get_by_text("The refund of 2 licenses is asked for.")).to_be_visible()
    expect(page.get_by_text("240.00 asked for, 2 licenses")).to_be_visible()


@pytest.mark.usefixtures("shop")
def test_alice_asks_for_the_refund_of_one_license_among_the_keys(
    sign_in: Callable[[User], Page], alice: User, acme: Reseller, console: list[str]
) -> None:
    order = make_order(acme, user=alice, quantity=2)
    page = sign_in(alice)
    for address, license in zip(
        (f"/orders/{order.number}/license-keys/", f"/orders/?open={order.number}"),
        order.licenses.order_by("pk"),
        strict=True,
    ):
        page.goto(address)
        if "open" in address:
            page.get_by_role("link", name="Show License Keys").click()
        page.locator(f"#menu-{license.uuid}-button").click()
        page.locator(f"#menu-{license.uuid}").get_by_role("link", name="Ask for a Refund").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Reason").fill("One too many")
        dialog.get_by_role("button", name="Ask for the refund").click()
        expect(dialog).to_be_hidden()
        expect(page.get_by_text("The refund of 1 license is asked for.")).to_be_visible()
    expect(page.get_by_text("120.00 asked for, 1 license")).to_have_count(2)


@pytest.mark.usefixtures("shop")
def test_a_statement_is_readable_everywhere(sign_in: Callable[[User], Page], bob: User) -> None:
    page = sign_in(bob)
    page.goto("/balance/")
    page.get_by_role("link", name="Monthly statements").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Statement of")
    check_accessible(page)


@pytest.mark.usefixtures("shop")
def test_a_receipt_fits_one_page_of_paper(
    sign_in: Callable[[User], Page], bob: User, acme: Reseller
) -> None:
    order = make_order(acme, quantity=3)
    page = sign_in(bob)
    page.goto(f"/orders/{order.number}/receipt/")
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1
