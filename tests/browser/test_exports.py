"""The cards of exports: they come to life by themselves, say what went wrong, and read well."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from exports import actions, writing
from exports.kinds import kind_named
from exports.models import Export
from resellers.models import Reseller, User
from tests.browser.conftest import check_accessible
from tests.factories import make_order

SignIn = Callable[[User], Page]


@pytest.fixture
def ask(acme: Reseller, ann: User, exports_folder: Path) -> Callable[..., Export]:
    """Ask for an export of Ann's orders in some state, and change what is on record of it."""
    make_order(acme, user=ann)

    def asked(order_state: str, **fields: object) -> Export:
        query = f"date_from=&date_to=&state={order_state}"
        export = actions.start(kind_named("orders"), query, user=ann, now=timezone.now())
        Export.objects.filter(pk=export.pk).update(**fields)
        export.refresh_from_db()
        return export

    return asked


def test_a_card_turns_into_the_download_by_itself_and_then_keeps_quiet(
    sign_in: SignIn, ann: User, ask: Callable[..., Export]
) -> None:
    export, page = ask("processed"), sign_in(ann)
    asked: list[str] = []
    page.goto(f"/exports/{export.uuid}/")
    expect(page.get_by_role("main")).to_contain_text("Waiting")
    writing.write(export.pk)
    expect(page.get_by_role("link", name=re.compile("Download CSV"))).to_be_visible()
    expect(page.locator("#export-news")).to_have_text("Orders: Ready")
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(6000)  # longer than any pause between two questions
    assert asked == []


def test_a_failed_export_says_why_and_is_tried_again(
    sign_in: SignIn, ann: User, ask: Callable[..., Export]
) -> None:
    export = ask("processed", state="failed", reason="The disk was full.")
    page = sign_in(ann)
    page.goto(f"/exports/{export.uuid}/")
    expect(page.get_by_text("The disk was full.")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("main")).to_contain_text("Waiting")
    assert Export.objects.latest("pk").query == export.query
    assert str(export.uuid) not in page.url


def test_every_state_reads_well_in_both_schemes_and_on_a_phone(
    sign_in: SignIn, ann: User, ask: Callable[..., Export]
) -> None:
    soon = timezone.now() + timedelta(hours=1)
    ask("processed", state="running", claim=uuid4(), leased_until=soon, total=1284, rows=640)
    ask("refunded", state="failed", reason="The person who asked may no longer export this.")
    ask("checking", reason="The file could not be written to the disk.", next_attempt_at=soon)
    writing.write(ask("failed").pk)
    page = sign_in(ann)
    page.goto("/exports/")
    expect(page.get_by_role("article")).to_have_count(4)
    check_accessible(page)
    Export.objects.filter(state="done").update(expires_at=timezone.now())
    page.goto("/exports/")
    expect(page.get_by_text("Expired")).to_be_visible()
    check_accessible(page)
