"""Customers, and what is corrected about them, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from licenses.models import License
from resellers.models import Reseller, User
from tests.activation.desk import activated
from tests.browser.conftest import check_accessible
from tests.factories import CustomerFactory

SignIn = Callable[[User], Page]


@pytest.fixture
def license(acme: Reseller) -> License:
    """A license of Nova; Vega is another customer."""
    nova = CustomerFactory.create(reseller=acme, company="Nova", email="info@nova.example")
    CustomerFactory.create(reseller=acme, company="Vega", email="info@vega.example")
    return activated(acme, customer=nova)


def test_bob_finds_a_customer_and_its_licenses(
    sign_in: SignIn, bob: User, license: License
) -> None:
    page = sign_in(bob)
    page.get_by_role("navigation", name="Areas", exact=True).get_by_text("Customers").click()
    expect(page.locator("#result-count")).to_have_text("2 customers")
    check_accessible(page)
    page.get_by_label("Sort by").select_option("Newest first")
    expect(page.locator("tbody tr").first).to_contain_text("Vega")
    page.get_by_label("Company or e-mail").fill("nov")
    page.keyboard.press("Enter")
    expect(page.locator("#result-count")).to_have_text("1 customer")
    page.get_by_role("link", name="Nova", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nova")
    page.locator(f"#activation-{license.uuid} summary").click()
    expect(
        page.get_by_text("Correct the Customer's E-mail: Your role may only look")
    ).to_be_visible()
    check_accessible(page)


def test_ann_corrects_the_address_and_moves_the_license(
    sign_in: SignIn, ann: User, license: License, console: list[str]
) -> None:
    page = sign_in(ann)
    page.goto(f"/activations/?date_from=&open={license.uuid}")
    tile, dialog = page.locator(f"#activation-{license.uuid}"), page.get_by_role("dialog")
    tile.get_by_role("link", name="Correct the Customer's E-mail").click()
    expect(dialog.get_by_label("New e-mail")).to_be_focused()
    dialog.get_by_label("New e-mail").fill("info@vega.example")
    dialog.get_by_role("button", name="Correct the e-mail").click()
    expect(dialog.get_by_role("alert")).to_contain_text("already registered for your customer Vega")
    check_accessible(page)
    dialog.get_by_label("New e-mail").fill("it@nova.example")
    dialog.get_by_role("button", name="Correct the e-mail").click()
    expect(dialog).to_be_hidden()
    expect(tile.get_by_role("status")).to_contain_text("registered with it@nova.example now")
    expect(tile).to_contain_text("Registered e-mail corrected")
    tile.get_by_role("link", name="Move to Another Customer").click()
    dialog.get_by_label("E-mail").fill("info@vega.example")
    check_accessible(page)
    dialog.get_by_role("button", name="Move the license").click()
    expect(tile.locator("summary")).to_contain_text("Vega")
    expect(tile).to_contain_text("Moved from Nova to Vega")
    check_accessible(page)
    assert [text for text in console if "422" not in text] == []
    console.clear()
