"""Upcoming renewals, as people look at them and change them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from catalog.models import Product
from licenses.models import AttemptOutcome, License
from resellers.models import Reseller, User
from tests.browser.conftest import check_accessible
from tests.factories import make_entry
from tests.licenses.bulk import work_off
from tests.licenses.renewing import make_guard, make_renewing, make_tried


@pytest.fixture
def guard(transactional_db: None) -> Product:
    return make_guard()


@pytest.fixture
def licenses(acme: Reseller, guard: Product) -> list[License]:
    """Four that renew, of which the balance pays two; one failed already, one ends by itself."""
    make_entry(acme, "240.00")
    made = [make_renewing(acme, guard, days, company=f"Firm {days}") for days in (7, 20, 30)]
    failing = make_renewing(acme, guard, 5, company="Firm 5")
    make_tried(failing, AttemptOutcome.NOT_COVERED, "The balance did not cover it.")
    ends = make_renewing(acme, guard, 25, company="Firm 25", recurrent=False)
    return [*made, failing, ends]


def row(page: Page, license: License) -> str:
    return page.locator(f"#license-{license.uuid}").inner_text()


def test_ann_turns_one_off_and_the_next_charge_and_the_sums_follow(
    sign_in: Callable[[User], Page], ann: User, licenses: list[License]
) -> None:
    page = sign_in(ann)
    page.get_by_role("link", name="Renewals", exact=True).click()
    expect(page.locator("#result-count")).to_have_text("4 licenses")
    expect(page.locator(".figure b").first).to_have_text("EUR\xa0480.00")
    assert "Not covered" in row(page, licenses[1])
    check_accessible(page)

    page.locator(f"#menu-{licenses[0].uuid}-button").click()
    page.get_by_role("link", name="Change Billing State").click()
    page.locator("#dialog").get_by_role("button", name="Turn auto-renew off").click()
    expect(page.locator("#renewals-result")).to_contain_text("Auto-renew is off for license")
    expect(page.locator("#result-count")).to_have_text("3 licenses")
    expect(page.locator(".figure b").first).to_have_text("EUR\xa0360.00")
    expect(page.locator(f"#license-{licenses[1].uuid}")).to_contain_text("CSS balance")
    expect(page.locator(f"#license-{licenses[0].uuid}")).to_have_count(0)


def test_ann_turns_on_those_that_would_end(
    sign_in: Callable[[User], Page], ann: User, licenses: list[License]
) -> None:
    page = sign_in(ann)
    page.goto("/renewals/")
    page.get_by_role("link", name="Ends without renewal").click()
    expect(page.locator("#result-count")).to_have_text("1 license")
    check_accessible(page)
    page.get_by_label("Tick this page").check()
    page.get_by_role("button", name="Turn auto-renew on").click()
    expect(page.get_by_role("heading", name="Turn auto-renew on for 1 license")).to_be_visible()
    check_accessible(page)
    page.locator("#dialog").get_by_role("button", name="Turn auto-renew on").click()
    expect(page.get_by_text("0 of 1 licenses")).to_be_visible()
    work_off()
    expect(page.get_by_text("1 of 1 licenses")).to_be_visible()
    page.get_by_role("link", name="Back to Renewals").click()
    page.get_by_role("link", name="Ends without renewal").click()
    expect(page.get_by_role("heading", name="Nothing ends in the next 30 days")).to_be_visible()
    page.get_by_role("link", name="Renews automatically").click()
    expect(page.locator(f"#license-{licenses[4].uuid}")).to_be_visible()


def test_ann_turns_off_all_that_match_and_cancels_first(
    sign_in: Callable[[User], Page], ann: User, licenses: list[License]
) -> None:
    page = sign_in(ann)
    page.goto("/renewals/?paid_by=not_covered")
    expect(page.locator("#result-count")).to_have_text("2 licenses")
    page.get_by_label("all 2 that match").check()
    page.get_by_role("button", name="Turn auto-renew off").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#dialog")).to_be_hidden()
    page.get_by_role("button", name="Turn auto-renew off").click()
    page.locator("#dialog").get_by_role("button", name="Turn auto-renew off").click()
    expect(page.get_by_text("0 of 2 licenses")).to_be_visible()
    work_off()
    page.goto("/renewals/?paid_by=not_covered")
    expect(page.get_by_role("heading", name="No licenses match")).to_be_visible()
    page.get_by_role("link", name="Clear all filters").click()
    expect(page.locator("#result-count")).to_have_text("2 licenses")


def test_a_week_of_the_chart_leads_to_its_rows_and_back(
    sign_in: Callable[[User], Page], bob: User, licenses: list[License]
) -> None:
    page = sign_in(bob)
    page.goto("/renewals/")
    page.locator(".chart-table a").nth(1).click()
    expect(page.locator("#result-count")).to_have_text("1 license")
    assert "date_from=" in page.url
    page.get_by_role("link", name="Next 60 days").click()
    expect(page.locator(".figure span").first).to_have_text("Charged in the next 60 days")
    page.go_back()
    expect(page.locator(".figure span").first).to_have_text("Charged in the next 30 days")
    page.get_by_role("link", name="Clear all").click()
    expect(page.locator("#result-count")).to_have_text("4 licenses")
    page.get_by_label("Sort by").select_option("Last charge first")
    expect(page.locator("tbody tr[id]").first).to_have_id(f"license-{licenses[2].uuid}")


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_scripts_it_works_too(page: Page, ann: User, licenses: list[License]) -> None:
    page.goto("/")
    page.get_by_label("E-mail").fill(ann.email)
    page.get_by_label("Password").fill("reseller-demo")
    page.get_by_role("button", name="Sign in").click()
    page.goto("/renewals/?days=60")
    page.get_by_label("Customer", exact=True).fill("Firm 20")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#result-count")).to_have_text("1 license")
    page.locator("[name=license]").check()
    page.get_by_role("button", name="Turn auto-renew off").click()
    expect(page.get_by_role("link", name="Cancel")).to_have_attribute(
        "href", "/renewals/?customer=Firm+20&days=60"
    )
    page.get_by_role("button", name="Turn auto-renew off").click()
    expect(page.get_by_text("0 of 1 licenses")).to_be_visible()
    work_off()
    page.get_by_role("link", name="See how far it is").click()
    expect(page.get_by_text("1 of 1 licenses")).to_be_visible()
    expect(page.locator("tbody")).to_contain_text("Done")


def test_a_company_without_any_is_told_what_will_stand_here(
    sign_in: Callable[[User], Page], bob: User
) -> None:
    page = sign_in(bob)
    page.goto("/renewals/")
    expect(page.get_by_role("heading", name="Nothing to renew yet")).to_be_visible()
    check_accessible(page)
