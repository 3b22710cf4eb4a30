"""Signing in and out, as a person does it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from resellers.models import User
from tests.browser.conftest import check_accessible


def test_ann_signs_in_and_out(sign_in: Callable[[User], Page], ann: User) -> None:
    page = sign_in(ann)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    check_accessible(page)
    page.get_by_role("button", name="Sign out").click()
    page.goto("/")
    expect(page.get_by_label("Password")).to_be_visible()


def test_a_wrong_password_is_said_and_the_address_kept(page: Page, ann: User) -> None:
    page.goto("/")
    page.get_by_label("E-mail").fill(ann.email)
    page.get_by_label("Password").fill("not it")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    expect(page.get_by_label("E-mail")).to_have_value(ann.email)
    check_accessible(page)
