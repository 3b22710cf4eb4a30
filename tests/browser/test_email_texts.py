"""The texts of mails, as an admin writes them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from mailing.models import EmailText, Mail
from mailing.texts.trying import changeable_kinds
from resellers.models import User
from tests.browser.conftest import check_accessible
from tests.browser.test_widths import too_wide

SignIn = Callable[[User], Page]


def test_alice_writes_the_confirmation_in_her_own_words(
    sign_in: SignIn, alice: User, console: list[str]
) -> None:
    page = sign_in(alice)
    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_role("navigation", name="Pages of the settings").get_by_text("E-mail texts").click()
    check_accessible(page)
    page.get_by_role("link", name="Change the text of Order confirmation").click()
    check_accessible(page)
    page.get_by_label("Subject").fill("Your order {order_nmber}")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("alert")).to_contain_text("Did you mean {order_number}?")
    check_accessible(page)
    console.clear()  # the browser remarks that the answer was 422
    page.get_by_label("Subject").fill("Your order {order_number}")
    page.get_by_label("Text", exact=True).fill("Dear {person},\n\n{licenses}\n\n<b>Thanks</b>")
    page.get_by_role("button", name="Preview").click()
    preview = page.get_by_role("region", name="Preview")
    expect(preview.get_by_text("Your order 0000000001")).to_be_in_viewport()
    expect(preview.get_by_text("<b>Thanks</b>").first).to_be_visible()
    assert not EmailText.objects.exists()
    page.get_by_role("button", name="Send me a test mail").click()
    expect(page.get_by_text("A test mail to alice@acme.example is queued.")).to_be_visible()
    assert Mail.objects.get().to == alice.email
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. It holds from the next mail on.")).to_be_visible()
    expect(page.get_by_label("Subject")).to_have_value("Your order {order_number}")
    check_accessible(page)
    page.get_by_role("link", name="Use the standard text").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Your own text is deleted.")
    check_accessible(page)
    dialog.get_by_role("button", name="Use the standard text").click()
    expect(page.get_by_text("“Order confirmation” says the standard text now.")).to_be_visible()
    assert not EmailText.objects.exists()


def test_no_text_scrolls_sideways(sign_in: SignIn, alice: User) -> None:
    page = sign_in(alice)
    paths = [
        "/settings/emails/",
        *(f"/settings/emails/{kind.name}/" for kind in changeable_kinds()),
    ]
    wide = {}
    for path in paths:
        page.goto(path)
        wide[path] = too_wide(page)
    assert wide == {path: [] for path in paths}


def test_a_placeholder_is_copied(sign_in: SignIn, alice: User, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = sign_in(alice)
    page.goto("/settings/emails/balance_low/")
    page.get_by_role("button", name="Copy {below}").click()
    expect(page.get_by_role("status").get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "{below}"


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_it_works_without_scripts(sign_in: SignIn, alice: User, console: list[str]) -> None:
    page = sign_in(alice)
    page.goto("/settings/emails/balance_low/")
    expect(page.get_by_role("button", name="Copy {below}")).to_be_hidden()
    page.get_by_label("Subject").fill("Low")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".letter-subject")).to_have_text("Low")
    page.get_by_label("Subject").press("Enter")
    expect(page.get_by_text("Saved. It holds from the next mail on.")).to_be_visible()
    page.get_by_role("link", name="Use the standard text").click()
    page.get_by_role("button", name="Use the standard text").click()
    expect(page.get_by_text("“Low balance” says the standard text now.")).to_be_visible()
