"""Customer Activations with scripts: found, opened in place, changed where it stands."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from resellers.models import Reseller, User
from tests.activation.desk import activated
from tests.browser.conftest import check_accessible
from tests.factories import CustomerFactory, PriceFactory

SignIn = Callable[[User], Page]


def test_ann_finds_an_activation_and_turns_its_renewal_on(
    sign_in: SignIn, ann: User, acme: Reseller
) -> None:
    nova = CustomerFactory.create(reseller=acme, company="Nova GmbH")
    license = activated(acme, customer=nova)
    activated(acme)
    PriceFactory.create(product=license.product)
    page = sign_in(ann)
    page.get_by_role("navigation", name="Areas", exact=True).get_by_text(
        "Customer Activations"
    ).click()
    expect(page.locator("#result-count")).to_have_text("2 activations")
    page.get_by_label("Customer", exact=True).fill("nova")
    page.keyboard.press("Enter")
    expect(page.locator("#result-count")).to_have_text("1 activation")
    page.wait_for_load_state("networkidle")
    tile = page.locator(f"#activation-{license.uuid}")
    tile.locator("summary").press("Enter")
    expect(page).to_have_url(re.compile(f"customer=nova&open={license.uuid}"))
    expect(tile.get_by_role("heading", name="History")).to_be_visible()
    check_accessible(page)
    tile.get_by_role("link", name="Change Billing State").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Turn auto-renew on").click()
    expect(dialog).to_be_hidden()
    expect(tile.get_by_role("status")).to_contain_text("Auto-renew is on for license")
    expect(tile.locator("summary")).to_contain_text("Auto-renew on")
    expect(tile).to_contain_text("Auto-renew turned on")
    check_accessible(page)


def test_bob_opens_it_as_a_page_and_exports_the_list(
    sign_in: SignIn, bob: User, acme: Reseller
) -> None:
    license = activated(acme)
    page = sign_in(bob)
    page.goto(f"/activations/?open={license.uuid}")
    page.get_by_role("link", name=f"license {license} as a page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"License {license}")
    check_accessible(page)
    page.get_by_role("link", name="Customer Activations", exact=True).first.click()
    page.get_by_role("button", name="Export").click()
    page.get_by_role("button", name="Export 1 activation").click()
    expect(page).to_have_url(re.compile("/exports/[0-9a-f-]{36}/"))
