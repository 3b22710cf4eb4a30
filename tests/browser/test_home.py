"""The home page, from each figure to the list that explains it, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from catalog.models import Product
from licenses.models import AttemptOutcome
from resellers.models import Reseller, User
from resellers.steps import record
from tests.browser.conftest import check_accessible
from tests.factories import make_entry, make_order
from tests.licenses.renewing import make_guard, make_renewing, make_tried
from tests.mailing.test_log import make_mail

SignIn = Callable[[User], Page]


@pytest.fixture
def guard(transactional_db: None) -> Product:
    return make_guard()


@pytest.fixture
def day(acme: Reseller, guard: Product, alice: User) -> None:
    """A day with something of everything: the balance pays one of two renewals."""
    make_entry(acme, "150.00")
    order = make_order(acme, user=alice, product=guard, quantity=4)
    record("order.placed", order.number, reseller=acme, actor=alice)
    make_renewing(acme, guard, 10)
    make_tried(make_renewing(acme, guard, 6), AttemptOutcome.NOT_COVERED)
    make_renewing(acme, guard, 20, recurrent=False)
    make_mail(acme, state="failed")


def follow(page: Page, name: str, says: str) -> None:
    """Follow a link of the home page, see that its list says so, and come back."""
    page.get_by_role("link", name=name).click()
    expect(page.locator("#result-count")).to_have_text(says)
    page.go_back()
    page.get_by_role("heading", name="Reseller Portal").wait_for()


def test_alice_sees_the_day_and_each_list_behind_it(
    sign_in: SignIn, alice: User, day: None
) -> None:
    page = sign_in(alice)
    check_accessible(page)
    follow(page, "Orders today", "4 orders")
    follow(page, "End in 30 days", "1 license")
    follow(page, "Renewals that fail", "1 license")
    follow(page, "Mails that failed in 7 days", "1 mail")
    follow(page, "Guard", "1 order, 4 licenses available")
    follow(page, "Show all activity", "1 entry")
    expect(page.get_by_role("link", name="Balance in EUR")).to_contain_text("runs out on")
    page.get_by_role("link", name="Renewals in 30 days").click()
    expect(page.locator(".figure b").first).to_have_text("EUR\xa0240.00")


def test_bob_sees_what_he_may(sign_in: SignIn, bob: User, day: None) -> None:
    page = sign_in(bob)
    expect(page.get_by_role("heading", name="Latest orders")).to_be_visible()
    expect(page.get_by_text("Mails that failed")).to_have_count(0)
    expect(page.get_by_role("link", name="Buy licenses")).to_have_count(0)
    check_accessible(page)


def test_a_phone_without_scripts_has_all_of_it(
    browser: Browser, live_server: LiveServer, sign_in: SignIn, alice: User, day: None
) -> None:
    cookies = sign_in(alice).context.cookies()
    phone = browser.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 844}, java_script_enabled=False
    )
    phone.add_cookies(cookies)  # type: ignore[arg-type]
    page = phone.new_page()
    page.goto("/")
    expect(page.get_by_role("heading", name="Latest activity")).to_be_visible()
    assert page.locator(".chart-drawing").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("link", name="Licenses in stock").click()
    expect(page.locator("#result-count")).to_have_text("1 order, 4 licenses available")
    phone.close()
