"""A bulk change's own page: how far it is, the result of each license, the file; and the list."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from licenses.models import BulkChange, BulkItem, BulkVerb, License
from resellers.models import AuditEvent, Reseller, User
from tests.factories import make_cancelled
from tests.licenses.bulk import address, changed, confirm, make_change, work_off
from tests.licenses.renewing import make_guard, make_renewing

As = Callable[[User], Client]


@pytest.fixture
def licenses(acme: Reseller) -> list[License]:
    guard = make_guard()
    return [make_renewing(acme, guard, 20, company=f"=C{each}") for each in range(3)]


@pytest.fixture
def change(as_: As, ann: User, licenses: list[License]) -> BulkChange:
    """Two that were turned off, and one that was cancelled meanwhile."""
    confirm(as_(ann), address(*licenses))
    make_cancelled(licenses[1])
    return work_off()


def page(change: BulkChange, query: str = "") -> str:
    return f"/bulk-changes/{change.uuid}/{query}"


def polled(client: Client, change: BulkChange) -> Any:
    headers = {"HX-Request": "true", "HX-Target": f"bulk-{change.uuid}"}
    return client.get(page(change), headers=headers)


def test_each_license_has_its_result(as_: As, ann: User, change: BulkChange) -> None:
    text = as_(ann).get(page(change)).text
    assert "3 of 3 licenses" in text
    assert "Cancelled. A cancelled license renews neither by hand nor by itself." in text
    assert "<b>2</b> Done" in text
    assert "<b>1</b> Refused" in text
    assert 'href="/renewals/"' in text


def test_those_that_were_not_done_can_be_looked_at_alone(
    as_: As, ann: User, licenses: list[License], change: BulkChange
) -> None:
    answer = as_(ann).get(page(change, "?result=failed"))
    assert [item.license for item in answer.context["rows"]] == [licenses[1]]
    wrong = as_(ann).get(page(change, "?result=nonsense"))
    assert (wrong.status_code, list(wrong.context["rows"])) == (200, [])


def test_the_file_holds_a_row_for_each_without_codes_and_formulas(
    as_: As, ann: User, licenses: list[License], change: BulkChange
) -> None:
    answer = as_(ann).get(page(change, "?format=csv"))
    lines = answer.content.decode("utf-8-sig").split("\r\n")
    assert lines[0] == (
        "License,Order Number,Product,Customer,To,Result,Amount,Currency,Paid By,Reason"
    )
    assert len([line for line in lines if line]) == 4
    first = licenses[0]
    assert lines[1] == (
        f"…-{first.activation_code[-5:]},{first.order.number},Guard,'=C0,{first.ends_on},"
        "Done,120.00,EUR,,"
    )
    assert "Refused" in lines[2]
    assert not any(each.activation_code in answer.content.decode() for each in licenses)
    failed = as_(ann).get(page(change, "?result=failed&format=csv")).content.decode()
    assert failed.count("\r\n") == 2


def test_a_job_that_runs_says_how_far_it_is_and_asks_again(
    as_: As, ann: User, licenses: list[License]
) -> None:
    lease = {"state": "running", "claim": uuid4(), "leased_until": timezone.now()}
    change = make_change(licenses[0], ann, total=8, done=3, **lease)
    text = as_(ann).get(page(change)).text
    assert '<progress max="8" value="3"' in text
    assert "3 of 8 licenses" in text
    assert f'hx-get="{page(change)}"' in text
    answer = polled(as_(ann), change)
    assert "<html" not in answer.text
    assert "HX-Trigger" not in answer.headers


def test_once_it_has_ended_the_page_stops_asking_and_fetches_the_results(
    as_: As, ann: User, change: BulkChange
) -> None:
    answer = polled(as_(ann), change)
    assert answer.headers["HX-Trigger"] == "bulk-change-ended"
    assert "hx-get" not in answer.text
    assert 'hx-swap-oob="innerHTML">Turn auto-renew off: Done' in answer.text


def test_the_list_shows_the_companys_own(
    as_: As, ann: User, alice: User, charlie: User, change: BulkChange
) -> None:
    for person in (ann, alice):
        assert page(change) in as_(person).get("/bulk-changes/").text
    assert "No bulk changes yet" in as_(charlie).get("/bulk-changes/").text


def test_the_menu_and_the_home_page_lead_to_it_for_who_may_change_something(
    as_: As, ann: User, bob: User, change: BulkChange
) -> None:
    link = 'href="/bulk-changes/"'
    assert as_(ann).get("/").text.count(link) == 2
    assert f'{link} aria-current="page"' in as_(ann).get("/bulk-changes/").text
    assert f'{link} aria-current="true"' in as_(ann).get(page(change)).text
    assert link not in as_(bob).get("/").text


def test_a_strangers_job_looks_like_none(as_: As, charlie: User, change: BulkChange) -> None:
    client = as_(charlie)
    found, missing = client.get(page(change)), client.get(f"/bulk-changes/{uuid4()}/")
    assert (found.status_code, missing.status_code) == (404, 404)
    assert client.get(page(change, "?format=csv")).status_code == 404


def test_a_viewer_sees_none_of_it(as_: As, bob: User, change: BulkChange) -> None:
    for address_ in ("/bulk-changes/", page(change), page(change, "?format=csv")):
        assert as_(bob).get(address_).status_code == 403


def test_the_record_names_the_job_and_leads_to_it(as_: As, alice: User, change: BulkChange) -> None:
    assert AuditEvent.objects.filter(verb="bulkchange.started").count() == 1
    text = as_(alice).get("/activity/").text
    assert "Turn auto-renew off for 3 licenses" in text
    assert f'href="{page(change)}"' in text


def test_many_results_cost_as_many_queries_as_few(
    as_: As, ann: User, acme: Reseller, licenses: list[License]
) -> None:
    client, counts = as_(ann), []
    for count in (2, 20):
        made = [make_renewing(acme, licenses[0].product, 20) for _ in range(count)]
        change = changed(client, address(*made, do=BulkVerb.TURN_OFF))
        with CaptureQueriesContext(connection) as captured:
            client.get(page(change))
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert BulkItem.objects.count() == 22
