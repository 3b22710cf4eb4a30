"""What vendor staff do about exports, whose files and filters they do not see."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from exports.models import Export, ExportState
from resellers.models import AuditEvent, Reseller, User

As = Callable[[User], Client]


@pytest.fixture
def export(acme: Reseller, alice: User) -> Export:
    """An export of Alice's that was given up; her filter holds a code."""
    return Export.objects.create(
        reseller=acme,
        by=alice,
        kind="orders",
        query="search=SECRETCODE",
        state=ExportState.STUCK,
        reason="The disk was full.",
    )


def test_sam_sees_why_it_was_given_up_but_not_what_was_asked(
    as_: As, sam: User, export: Export
) -> None:
    pages = ["/admin/exports/export/?given_up=yes", f"/admin/exports/export/{export.pk}/change/"]
    for path in pages:
        page = as_(sam).get(path).content
        assert (b"The disk was full." in page, b"SECRETCODE" in page) == (True, False)


def test_sam_tries_it_again(as_: As, sam: User, export: Export) -> None:
    path = reverse("admin:exports_export_retry", args=[export.pk])
    assert as_(sam).post(path).status_code == 302
    export.refresh_from_db()
    assert export.state == ExportState.QUEUED
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor, event.about) == ("export.retried", sam, str(export.uuid))
    assert as_(sam).post(path).status_code == 422


@pytest.mark.parametrize("term", ["alice@", "ALICE@acme.example"])
def test_sam_finds_it_by_who_asked(as_: As, sam: User, export: Export, term: str) -> None:
    page = as_(sam).get("/admin/exports/export/", {"q": term})
    assert list(page.context["cl"].result_list) == [export]


def test_sam_finds_it_by_its_name(as_: As, sam: User, export: Export) -> None:
    page = as_(sam).get("/admin/exports/export/", {"q": str(export.uuid)})
    assert list(page.context["cl"].result_list) == [export]
    assert as_(sam).get("/admin/exports/export/", {"q": "nobody"}).context["cl"].result_count == 0


def test_staff_cannot_have_the_file(as_: As, sam: User, export: Export) -> None:
    assert as_(sam).get(f"/exports/{export.uuid}/download/").status_code == 403
