"""The settings, as an admin goes through them, and everybody's own account."""

import re
from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from resellers.models import DistributionCompany, User
from resellers.steps import record
from tests.browser.conftest import check_accessible
from tests.browser.test_widths import too_wide
from tests.factories import DistributionCompanyFactory, make_order
from tests.mailing.test_log import make_mail

SignIn = Callable[[User], Page]


def test_alice_keeps_the_list_of_her_partners(
    sign_in: SignIn, alice: User, console: list[str]
) -> None:
    page = sign_in(alice)
    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_role("navigation", name="Pages of the settings").get_by_text("Distribution").click()
    page.get_by_role("link", name="Add a distribution company").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Name")).to_be_focused()
    check_accessible(page)
    dialog.get_by_label("Name").fill("Delta")
    dialog.get_by_role("button", name="Add").click()
    expect(page.get_by_text("Delta can be picked at purchase now.")).to_be_visible()
    check_accessible(page)
    page.get_by_role("link", name="Add a distribution company").click()
    dialog.get_by_label("Name").fill("delta")
    dialog.get_by_role("button", name="Add").click()
    expect(dialog.get_by_role("alert").first).to_contain_text("of this name already")
    console.clear()  # the browser remarks that the answer was 422
    dialog.get_by_role("button", name="Cancel").click()
    page.get_by_role("link", name="Retire Delta").click()
    expect(dialog).to_contain_text("0 orders name it")
    dialog.get_by_role("button", name="Retire").click()
    expect(page.get_by_text("Delta is retired.")).to_be_visible()
    assert DistributionCompany.objects.get().retired_at is not None


def test_alice_looks_after_her_colleagues(sign_in: SignIn, alice: User, bob: User) -> None:
    page = sign_in(alice)
    page.goto("/settings/users/")
    page.get_by_role("link", name="Invite a colleague").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Ida")
    dialog.get_by_label("E-mail address").fill("ida@acme.example")
    dialog.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("heading", name="Invited, not here yet")).to_be_visible()
    check_accessible(page)
    page.get_by_role("link", name=bob.name).click()
    check_accessible(page)
    page.get_by_role("link", name="Change the role").click()
    dialog.get_by_label("Agent").check()
    dialog.get_by_role("button", name="Change the role").click()
    expect(page.get_by_text("The role of Bob Brandt is Agent now.")).to_be_visible()
    page.get_by_role("link", name="Disable the account").click()
    dialog.get_by_role("button", name="Disable the account").click()
    expect(page.get_by_role("link", name="Enable the account")).to_be_visible()
    bob.refresh_from_db()
    assert (bob.role, bob.is_active) == ("agent", False)


def test_bob_ends_the_session_that_he_left_open_elsewhere(
    sign_in: SignIn, bob: User, browser: Browser, live_server: LiveServer
) -> None:
    page = sign_in(bob)
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page = sign_in(bob)
    page.get_by_role("button", name="Bob Brandt").click()
    page.get_by_role("link", name="My account").click()
    check_accessible(page)
    page.get_by_role("link", name="Sign out in Chrome on Linux").click()
    page.get_by_role("dialog").get_by_role("button", name="Sign out there").click()
    expect(page.get_by_text("You are signed out in Chrome on Linux.")).to_be_visible()
    left = browser.new_context(base_url=live_server.url)
    left.add_cookies(cookies)  # type: ignore[arg-type]
    other = left.new_page()
    other.goto("/account/")
    expect(other.get_by_role("button", name="Sign in")).to_be_visible()
    left.close()


def test_no_page_of_the_settings_scrolls_sideways(sign_in: SignIn, alice: User, bob: User) -> None:
    page = sign_in(alice)
    assert alice.reseller is not None
    name = "Delta, Echo & Foxtrot International Distribution Gesellschaft mbH"
    company = DistributionCompanyFactory.create(reseller=alice.reseller, name=name)
    make_order(alice.reseller, distribution_company=company)
    paths = (
        *("/settings/", "/settings/distribution-companies/", "/settings/users/", "/account/"),
        f"/settings/users/{bob.pk}/",
    )
    wide = {}
    for path in paths:
        page.goto(path)
        wide[path] = too_wide(page)
    assert wide == {path: [] for path in paths}


def test_alice_finds_a_failed_mail_and_sends_it_again(sign_in: SignIn, alice: User) -> None:
    assert alice.reseller is not None
    make_mail(alice.reseller, state="failed", reason="No such mailbox", to="x@customer.example")
    make_mail(alice.reseller)
    page = sign_in(alice)
    page.get_by_role("link", name="Mails", exact=True).click()
    expect(page.locator("#result-count")).to_have_text("2 mails")
    check_accessible(page)
    page.get_by_label("State").select_option("Failed")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#result-count")).to_have_text("1 mail")
    page.get_by_role("link", name="Resend Order confirmation to x@customer.example").click()
    page.get_by_role("dialog").get_by_role("button", name="Send it").click()
    expect(page.get_by_text("The mail to x@customer.example is queued.")).to_be_visible()
    assert too_wide(page) == []


def test_alice_sees_who_did_what_and_takes_it_home(sign_in: SignIn, alice: User, ann: User) -> None:
    assert alice.reseller is not None
    record("order.placed", "1234567890", reseller=alice.reseller, actor=ann, quantity=1, amount="1")
    record("user.disabled", f"user:{ann.pk}", reseller=alice.reseller, actor=alice)
    page = sign_in(alice)
    page.get_by_role("link", name="Activity", exact=True).click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("Disabled, and signed out everywhere")
    check_accessible(page)
    page.get_by_label("Person").select_option("Ann Ackermann")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#result-count")).to_have_text("1 entry")
    assert too_wide(page) == []
    page.get_by_role("button", name="Export 1 entry").click()
    expect(page).to_have_url(re.compile("/exports/[0-9a-f-]{36}/"))
