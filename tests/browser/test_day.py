"""Ann's day at the portal, from sign-in to the file on her desk, with a real worker behind it."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from mailing.models import Mail
from orders.models import Order
from resellers.models import Reseller, User
from tests.browser.conftest import check_accessible
from tests.factories import PASSWORD, make_order
from tests.mailserver import MailServer
from tests.processes import Launcher, eventually

SignIn = Callable[[User], Page]


@pytest.fixture
def order(acme: Reseller, ann: User) -> Order:
    """An order of today among others of other products."""
    for _ in range(3):
        make_order(acme, user=ann)
    return make_order(acme, user=ann, quantity=2, reference="for L’Étoile, Paris")


def tile_of(page: Page, order: Order) -> None:
    """Open an order's tile by its arrow."""
    page.locator(f"#order-{order.number} > summary").click()
    expect(page.locator(f"#order-{order.number}")).to_contain_text("for L’Étoile, Paris")


def test_ann_finds_an_order_and_opens_it_in_place(sign_in: SignIn, ann: User, order: Order) -> None:
    page = sign_in(ann)
    page.get_by_role("navigation", name="Areas of the portal").get_by_text(
        "Licenses Purchased"
    ).click()
    expect(page.get_by_role("status").filter(has_text="4 orders")).to_be_visible()
    page.get_by_label("Order number").fill(order.number[:9])
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("status").filter(has_text="1 order")).to_be_visible()
    tile_of(page, order)
    expect(page).to_have_url(re.compile(f"order_number={order.number[:9]}.*open={order.number}"))
    check_accessible(page)
    page.reload()
    expect(page.locator(f"#order-{order.number}")).to_contain_text("for L’Étoile, Paris")


def test_ann_has_the_mail_sent_once_more_and_sees_it_go(
    sign_in: SignIn, ann: User, order: Order, launch: Launcher, mailserver: MailServer
) -> None:
    launch.worker()
    page = sign_in(ann)
    page.goto("/orders/")
    tile_of(page, order)
    page.get_by_role("link", name="Resend Email").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(ann.email)
    check_accessible(page)
    dialog.get_by_role("button", name=re.compile("Resend|Send")).click()
    tile = page.locator(f"#order-{order.number}")
    expect(tile.get_by_text("Sent", exact=True).first).to_be_visible(timeout=60_000)
    codes = set(order.licenses.values_list("activation_code", flat=True))
    body = mailserver.received[0].get_body(("plain",))
    sent = body.get_content() if body else ""
    assert {code for code in codes if code in sent} == codes
    assert Mail.objects.get().state == "done"


def test_ann_takes_the_list_home_as_csv(
    sign_in: SignIn, ann: User, order: Order, launch: Launcher, tmp_path: Path
) -> None:
    launch.worker()
    page = sign_in(ann)
    page.goto("/orders/")
    page.get_by_role("button", name="Export").click()
    page.get_by_role("button", name=re.compile("Export 4 orders")).click()
    expect(page).to_have_url(re.compile("/exports/[0-9a-f-]{36}/"))
    check_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Download")).click(timeout=60_000)
    download.value.save_as(tmp_path / "orders.csv")
    with (tmp_path / "orders.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert order.number in {row["Order Number"] for row in rows}
    assert len(rows) == 4
    page.goto("/exports/")
    expect(page.get_by_role("main")).to_contain_text("Orders")
    check_accessible(page)


def test_without_scripts_ann_searches_opens_and_exports(
    browser: Browser, live_server: LiveServer, ann: User, order: Order, launch: Launcher
) -> None:
    launch.worker()
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/orders/")
    page.get_by_label("E-mail").fill(ann.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Order number").fill(order.number)
    page.get_by_role("button", name="Search").click()
    page.locator(f"#order-{order.number} > summary").click()
    page.get_by_role("link", name=f"Open order {order.number}").click()
    expect(page.get_by_role("main")).to_contain_text("for L’Étoile, Paris")
    page.get_by_role("link", name="Show License Keys").click()
    expect(page.get_by_role("row")).to_have_count(3)
    page.go_back()
    page.get_by_role("link", name="Download Activation Code").click()
    expect(page.get_by_role("main")).to_contain_text(order.licenses.all()[0].activation_code)
    context.close()


def test_a_viewer_sees_no_code_and_is_offered_nothing_that_changes(
    sign_in: SignIn, bob: User, order: Order
) -> None:
    page = sign_in(bob)
    page.goto(f"/orders/{order.number}/license-keys/")
    code = order.licenses.all()[0].activation_code
    expect(page.get_by_role("main")).to_contain_text(code[-5:])
    assert code not in page.content()
    page.goto(f"/orders/{order.number}/")
    expect(page.get_by_role("link", name="Resend Email")).to_have_count(0)
    check_accessible(page)


def test_a_session_that_ended_leads_an_opened_list_to_the_sign_in_page(
    sign_in: SignIn, ann: User, order: Order
) -> None:
    page = sign_in(ann)
    page.goto("/orders/")
    page.context.clear_cookies()
    page.locator(f"#order-{order.number} > summary").click()
    expect(page.get_by_label("Password")).to_be_visible()
    eventually(lambda: "/accounts/login/" in page.url)
