"""What vendor staff do about bulk changes that were given up."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from licenses.models import BulkChange, BulkState, License
from resellers.models import AuditEvent, Reseller, User
from tests.licenses.bulk import make_change, recurrent_of, work_off
from tests.licenses.renewing import make_guard, make_renewing

As = Callable[[User], Client]


@pytest.fixture
def license(acme: Reseller) -> License:
    return make_renewing(acme, make_guard(), 20)


@pytest.fixture
def stuck(license: License, ann: User) -> BulkChange:
    return make_change(license, ann, state=BulkState.STUCK, reason="It broke.")


def test_sam_sees_why_it_was_given_up_and_finds_it(as_: As, sam: User, stuck: BulkChange) -> None:
    client = as_(sam)
    listed = "/admin/licenses/bulkchange/"
    assert "It broke." in client.get(f"{listed}?given_up=yes").text
    assert "It broke." in client.get(f"{listed}{stuck.pk}/change/").text
    for term in ("ann@", str(stuck.uuid)):
        assert list(client.get(listed, {"q": term}).context["cl"].result_list) == [stuck]


def test_sam_lets_it_go_on(as_: As, sam: User, license: License, stuck: BulkChange) -> None:
    path = reverse("admin:licenses_bulkchange_retry", args=[stuck.pk])
    assert as_(sam).post(path).status_code == 302
    assert AuditEvent.objects.get(verb="bulkchange.retried").actor == sam
    assert work_off().state == "done"
    assert recurrent_of([license]) == [False]
    assert as_(sam).post(path).status_code == 422


def test_what_was_given_up_waits_among_sams_work_and_goes_on_with_all_others(
    as_: As, sam: User, license: License, stuck: BulkChange
) -> None:
    assert "Bulk changes" in as_(sam).get("/admin/work/").text
    path = reverse("admin:licenses_bulkchange_retry-all")
    assert as_(sam).post(path).status_code == 302
    assert work_off().state == "done"
    assert recurrent_of([license]) == [False]


def test_the_owner_is_told_that_it_stopped(as_: As, ann: User, stuck: BulkChange) -> None:
    page = as_(ann).get(f"/bulk-changes/{stuck.uuid}/").text
    assert "It broke." in page
    assert "The vendor can let the rest go on." in page
    assert "load delay" not in page
