"""The balance, as a person looks at it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from billing.models import EntryKind
from resellers.models import Reseller, User
from tests.browser.conftest import check_accessible
from tests.factories import make_entry


def test_bob_looks_at_what_moved_the_balance(
    sign_in: Callable[[User], Page], bob: User, acme: Reseller
) -> None:
    make_entry(acme, "1000.00", actor=bob)
    make_entry(acme, "-120.00", EntryKind.PURCHASE, reference="1000000001", actor=bob)
    page = sign_in(bob)
    page.get_by_role("link", name="Balance: EUR").click()
    expect(page.locator("#result-count")).to_have_text("2 entries")
    check_accessible(page)

    page.get_by_label("Kind").select_option("Deposit")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#result-count")).to_have_text("1 entry")
    assert page.url.endswith("/balance/?kind=deposit")
    page.get_by_role("link", name="Remove filter Kind: Deposit").click()
    expect(page.locator("#result-count")).to_have_text("2 entries")
    page.go_back()
    expect(page.locator("#result-count")).to_have_text("1 entry")
    page.get_by_role("link", name="Clear all").click()
    expect(page.locator(".table-wrap tbody tr").first).to_contain_text("1000000001")
    for way, kind in ("Oldest first", "Deposit"), ("Newest first", "Purchase"):
        page.get_by_label("Sort by").select_option(way)
        expect(page.locator(".table-wrap tbody tr").first).to_contain_text(kind)
    assert page.url.endswith("/balance/")


def test_the_file_is_one_click_away(
    sign_in: Callable[[User], Page], bob: User, acme: Reseller
) -> None:
    make_entry(acme, actor=bob)
    page = sign_in(bob)
    page.goto("/balance/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as CSV").click()
    assert download.value.suggested_filename.startswith("balance-")


def test_a_new_company_sees_what_will_stand_there(
    sign_in: Callable[[User], Page], bob: User
) -> None:
    page = sign_in(bob)
    page.goto("/balance/")
    expect(page.get_by_role("heading", name="Nothing has moved the balance yet")).to_be_visible()
    check_accessible(page)
