"""Ann activates in the table, the customer by the link: in a real browser, also without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from licenses.models import License
from resellers.models import Reseller, User
from tests.browser.conftest import check_accessible
from tests.factories import CustomerFactory, PriceFactory, make_active, make_order

SignIn = Callable[[User], Page]


@pytest.fixture
def license(acme: Reseller) -> License:
    """The first of three available licenses, of a product that has a price."""
    order = make_order(acme, quantity=3)
    PriceFactory.create(product=order.product)
    return order.licenses.all()[0]


def open_keys(page: Page, license: License) -> None:
    page.goto(f"/orders/{license.order.number}/license-keys/")


def choose(page: Page, license: License, action: str) -> Locator:
    """Open the row's menu, choose an action and return the dialog."""
    page.get_by_role("button", name=f"Actions for license {license}").click()
    page.get_by_role("link", name=action, exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


def row(page: Page, license: License) -> Locator:
    return page.locator(f"#license-{license.uuid}")


def test_ann_copies_the_link_and_the_focus_returns_to_the_menu(
    sign_in: SignIn, ann: User, license: License
) -> None:
    page = sign_in(ann)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_keys(page, license)
    dialog = choose(page, license, "Activation Link")
    dialog.get_by_role("button", name="Copy link").click()
    expect(dialog.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == dialog.get_by_label("Activation link").input_value()
    check_accessible(page)
    dialog.get_by_role("button", name="OK").click()
    expect(page.get_by_role("button", name=f"Actions for license {license}")).to_be_focused()


def test_ann_activates_for_a_new_customer_and_turns_auto_renew_on(
    sign_in: SignIn, ann: User, license: License, console: list[str]
) -> None:
    page = sign_in(ann)
    open_keys(page, license)
    dialog = choose(page, license, "Activate")
    dialog.get_by_label("Registered e-mail").fill("nina@nova.example")
    dialog.get_by_role("button", name="Activate").click()
    expect(dialog.get_by_role("alert")).to_contain_text("None of your customers is registered")
    check_accessible(page)
    dialog.get_by_text("Enter a new customer with this address").click()
    dialog.get_by_label("Company").fill("Nova")
    dialog.get_by_label("Contact name").fill("Nina")
    dialog.get_by_label("Country").select_option("FR")
    check_accessible(page)
    dialog.get_by_role("button", name="Activate").click()
    expect(row(page, license)).to_contain_text("Active")
    expect(row(page, license)).to_contain_text("Nova")
    expect(page.get_by_text("An e-mail goes to nina@nova.example.")).to_be_visible()
    choose(page, license, "Change Billing State").get_by_role(
        "button", name="Turn auto-renew on"
    ).click()
    expect(page.get_by_text(f"Auto-renew is on for license {license}.")).to_be_visible()
    check_accessible(page)
    assert [text for text in console if "422" not in text] == []
    console.clear()


def test_without_scripts_the_dialogs_are_pages(
    browser: Browser, live_server: LiveServer, ann: User, license: License
) -> None:
    known = CustomerFactory.create(reseller=license.reseller)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("E-mail").fill(ann.email)
    page.get_by_label("Password").fill("reseller-demo")
    page.get_by_role("button", name="Sign in").click()
    open_keys(page, license)
    page.get_by_role("button", name=f"Actions for license {license}").click()
    page.get_by_role("link", name="Activate", exact=True).click()
    page.get_by_label("Registered e-mail").fill(known.email)
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_text(f"is active for {known.company}")).to_be_visible()
    expect(row(page, license)).to_contain_text("Active")
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_customer_activates_by_the_link_with_and_without_scripts(
    browser: Browser, live_server: LiveServer, license: License, *, scripts: bool
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=scripts)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/activate/{license.activation_code.lower()}/")
    page.get_by_label("Company").fill("Nova")
    page.get_by_label("Contact name").fill("Nina")
    page.get_by_label("E-mail").fill("nina@nova.example")
    page.get_by_label("Country").select_option("FR")
    page.get_by_label("I accept the terms").check()
    page.get_by_role("button", name="Activate license").click()
    expect(page.get_by_role("status")).to_contain_text("Done:")
    expect(page.get_by_role("heading", level=1)).to_have_text("This license is activated")
    assert [url for url in asked if not url.startswith(live_server.url)] == []
    context.close()


@pytest.mark.parametrize("state", ["form", "refused", "used", "dead"])
def test_the_customers_pages_are_accessible(
    page: Page, license: License, console: list[str], state: str
) -> None:
    if state == "used":
        make_active(license)
    page.goto(f"/activate/{'nothing' if state == 'dead' else license.activation_code}/")
    if state == "refused":
        page.locator("form").evaluate("form => form.noValidate = true")
        page.get_by_role("button", name="Activate license").click()
        expect(page.get_by_role("alert")).to_be_visible()
    check_accessible(page)
    assert len(console) == (state in {"refused", "dead"})  # the browser notes 404 and 422
    console.clear()
