"""The billing state of many licenses is changed by a job, from the list of renewals."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Price, Product
from licenses.actions import change_billing_state
from licenses.bulk import choice
from licenses.bulk.batches import do_batch, waiting
from licenses.bulk.foreseeing import foresee
from licenses.models import (
    AttemptOutcome,
    BulkChange,
    BulkVerb,
    License,
    Renewal,
    RenewalState,
)
from resellers.models import AuditEvent, Reseller, User
from tests.factories import make_cancelled, make_order
from tests.licenses.bulk import (
    address,
    changed,
    confirm,
    form_of,
    outcomes,
    reasons,
    recurrent_of,
    work_off,
)
from tests.licenses.renewing import make_guard, make_renewing, make_tried, today_of

As = Callable[[User], Client]
HTMX = {"HX-Request": "true", "HX-Target": "dialog"}


@pytest.fixture
def guard(db: None) -> Product:
    return make_guard()


@pytest.fixture
def three(acme: Reseller, guard: Product) -> list[License]:
    return [make_renewing(acme, guard, days, company=f"C{days}") for days in (10, 20, 30)]


def test_the_confirmation_says_how_many_how_much_and_when(
    as_: As, ann: User, acme: Reseller, three: list[License]
) -> None:
    answer = as_(ann).get(address(three[0], three[2]))
    text = answer.content.decode()
    assert answer.status_code == HTTPStatus.OK
    assert "Turn auto-renew off for 2 licenses</h1>" in text
    assert '<span class="currency">EUR</span>&nbsp;240.00' in text
    first, last = (today_of(acme) + timedelta(days=days) for days in (3, 23))
    assert f'<time datetime="{first}">' in text
    assert f'<time datetime="{last}">' in text
    assert not BulkChange.objects.exists()


def test_the_chosen_ones_are_turned_off(as_: As, ann: User, three: list[License]) -> None:
    answer = confirm(as_(ann), address(three[0], three[2], days="60"))
    change = work_off()
    assert (answer.status_code, answer.url) == (303, f"/bulk-changes/{change.uuid}/")
    assert recurrent_of(three) == [False, True, False]
    assert (change.state, change.done, change.total) == ("done", 2, 2)
    assert list(outcomes(change).values()) == ["done", "done"]
    events = AuditEvent.objects.filter(verb="license.billing_state_changed")
    assert {event.about for event in events} == {str(three[0].uuid), str(three[2].uuid)}
    assert {(event.actor, event.changes["recurrent"]) for event in events} == {(ann, False)}


def test_that_it_was_asked_for_is_on_record(as_: As, ann: User, three: list[License]) -> None:
    change = changed(as_(ann), address(*three))
    event = AuditEvent.objects.get(about=str(change.uuid))
    assert (event.verb, event.actor) == ("bulkchange.started", ann)
    assert event.changes == {"what": "turn_off", "licenses": 3, "amount": "360.00"}


def test_all_that_match_are_turned_off(as_: As, ann: User, three: list[License]) -> None:
    changed(as_(ann), address(which="all", customer="C2"))
    assert recurrent_of(three) == [True, False, True]


def test_those_that_end_are_turned_on(as_: As, ann: User, acme: Reseller, guard: Product) -> None:
    ends = [make_renewing(acme, guard, days, recurrent=False) for days in (-3, 20)]
    url = address(which="all", show="ending", do=BulkVerb.TURN_ON)
    assert "Turn auto-renew on for 2 licenses" in as_(ann).get(url).content.decode()
    changed(as_(ann), url)
    assert recurrent_of(ends) == [True, True]
    [renewal] = Renewal.objects.all()  # the one in grace is tried today
    assert (renewal.license, renewal.state) == (ends[0], RenewalState.WAITING)
    assert renewal.next_attempt_on == today_of(acme)


def test_turned_off_a_renewal_that_waits_is_tried_no_more(
    as_: As, ann: User, three: list[License]
) -> None:
    renewal = make_tried(three[0], AttemptOutcome.NOT_COVERED)
    changed(as_(ann), address(which="all"))
    renewal.refresh_from_db()
    assert (renewal.state, renewal.next_attempt_on) == (RenewalState.ENDED, None)


def test_what_cannot_be_changed_is_named_with_its_reason_and_stops_no_other(
    as_: As, ann: User, acme: Reseller, guard: Product, three: list[License]
) -> None:
    cancelled = make_cancelled(make_renewing(acme, guard, 5))
    expired = make_renewing(acme, guard, -60)
    unused = make_order(acme, quantity=1).licenses.get()
    client, url = as_(ann), address(three[0], cancelled, expired, unused)
    text = client.get(url).content.decode()
    assert "Turn auto-renew off for 1 license<" in text
    assert f"…-{cancelled.activation_code[-5:]} of order {cancelled.order.number}: Cancell" in text
    change = changed(client, url)
    assert sorted(reason.split()[0] for reason in reasons(change)) == [
        "Cancelled.",
        "Expired:",
        "Not",
    ]
    assert recurrent_of([three[0], expired]) == [False, True]


def test_the_first_twenty_refusals_are_named_the_rest_counted(
    as_: As, ann: User, acme: Reseller, guard: Product, three: list[License]
) -> None:
    expired = [make_renewing(acme, guard, -60) for _ in range(22)]
    text = as_(ann).get(address(three[0], *expired)).content.decode()
    assert text.count("Expired: To was") == 20
    assert "and 2 more" in text


def test_those_that_are_so_already_stay_as_they_are(
    as_: As, ann: User, acme: Reseller, guard: Product, three: list[License]
) -> None:
    off = make_renewing(acme, guard, 20, recurrent=False)
    url = address(three[0], off)
    assert "1 does not renew anyway." in as_(ann).get(url).content.decode()
    change = changed(as_(ann), url)
    assert outcomes(change)[off.pk] == "same"
    assert AuditEvent.objects.filter(about=str(off.uuid)).count() == 0


def test_what_was_not_confirmed_or_changed_since_comes_back_with_the_same_key(
    as_: As, ann: User, acme: Reseller, guard: Product, three: list[License]
) -> None:
    client, url = as_(ann), address(which="all")
    seen = form_of(client, url)
    assert client.post(url, {"key": seen["key"]}).status_code == 422
    make_renewing(acme, guard, 15)
    answer = client.post(url, seen)
    assert answer.status_code == 422
    assert "Turn auto-renew off for 4 licenses" in answer.content.decode()
    assert str(answer.context["key"]) == seen["key"]
    assert not BulkChange.objects.exists()
    again = {**seen, "expected": answer.context["preview"].token}
    assert client.post(url, again).status_code == 303


def test_another_amount_has_to_be_confirmed_anew(as_: As, ann: User, three: list[License]) -> None:
    client, url = as_(ann), address(which="all")
    seen = form_of(client, url)
    Price.objects.update(amount=Decimal("1.00"))
    assert client.post(url, seen).status_code == 422
    assert not BulkChange.objects.exists()


def test_another_count_has_to_be_confirmed_anew_even_at_the_same_amount(
    as_: As, ann: User, acme: Reseller, guard: Product, three: list[License]
) -> None:
    Price.objects.all().delete()
    client, url = as_(ann), address(which="all")
    seen = form_of(client, url)
    make_renewing(acme, guard, 15)
    assert client.post(url, seen).status_code == 422
    assert not BulkChange.objects.exists()


def test_another_license_has_to_be_confirmed_anew_even_at_the_same_count_and_amount(
    as_: As, ann: User, acme: Reseller, guard: Product, three: list[License]
) -> None:
    client, url = as_(ann), address(which="all")
    seen = form_of(client, url)
    change_billing_state(three[0].uuid, False, actor=ann, now=timezone.now())
    make_renewing(acme, guard, 10)
    answer = client.post(url, seen)
    assert answer.status_code == 422
    assert "Turn auto-renew off for 3 licenses" in answer.content.decode()
    assert not BulkChange.objects.exists()


def test_a_used_key_leads_to_its_job_whatever_is_sent_with_it(
    as_: As, ann: User, three: list[License]
) -> None:
    client, url = as_(ann), address(which="all")
    seen = form_of(client, url)
    first = client.post(url, seen)
    again = client.post(url, {**seen, "expected": "nonsense"})
    assert (first.status_code, first.url) == (again.status_code, again.url)  # type: ignore[attr-defined]
    assert BulkChange.objects.count() == 1


def test_by_htmx_it_leads_to_the_job_too(as_: As, ann: User, three: list[License]) -> None:
    answer = confirm(as_(ann), address(three[0]), headers=HTMX)
    assert answer.headers["HX-Redirect"] == f"/bulk-changes/{work_off().uuid}/"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("do=turn_off", "Choose at least one license"),
        ("do=turn_off&license=nonsense&license=%00", "Choose at least one license"),
        ("which=all", "Say what to do"),
        ("which=all&do=explode", "Say what to do"),
        ("which=all&recurrent=maybe", "Say what to do"),
        ("which=all&do=turn_off&days=31", "Days ahead"),
        ("which=all&do=turn_off&customer=nobody", "Choose at least one license"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(
    as_: As, ann: User, three: list[License], query: str, sentence: str
) -> None:
    url = f"/renewals/bulk-change/?{query}"
    assert sentence in as_(ann).get(url).content.decode()
    assert as_(ann).post(url, {"key": "nonsense"}).status_code == 422
    assert not BulkChange.objects.exists()


def test_the_address_from_before_there_were_jobs_still_works(
    as_: As, ann: User, three: list[License]
) -> None:
    url = "/renewals/billing-state/?which=all&recurrent=false"
    changed(as_(ann), url)
    assert recurrent_of(three) == [False] * 3


def test_more_than_the_limit_are_changed_in_parts(
    as_: As, ann: User, three: list[License], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "MOST", 2)
    text = as_(ann).get(address(which="all")).content.decode()
    assert "More than 2 licenses match. Narrow the list" in text


def test_a_company_has_so_many_under_way_and_no_more(
    as_: As, ann: User, alice: User, three: list[License], settings: object
) -> None:
    settings.BULK_CHANGES_AT_ONCE = 1  # type: ignore[attr-defined]
    confirm(as_(alice), address(three[0]))
    answer = confirm(as_(ann), address(three[1]))
    assert answer.status_code == 422
    assert "1 bulk change of your company is under way." in answer.content.decode()
    work_off()
    assert confirm(as_(ann), address(three[1])).status_code == 303


def test_a_strangers_licenses_are_not_among_them(
    as_: As, charlie: User, three: list[License]
) -> None:
    client = as_(charlie)
    assert "Choose at least one license" in client.get(address(*three)).content.decode()
    assert client.post(address(*three)).status_code == 422
    assert client.post(address(which="all")).status_code == 422
    keys = [license.pk for license in three]
    seen = foresee(BulkVerb.TURN_OFF, keys, actor=charlie, now=timezone.now())
    assert seen.lines == []


def test_a_viewer_gets_no_boxes_and_no_page(as_: As, bob: User, three: list[License]) -> None:
    assert 'name="license"' not in as_(bob).get("/renewals/").content.decode()
    assert as_(bob).get(address(*three)).status_code == 403
    assert as_(bob).post(address(*three)).status_code == 403


@pytest.mark.parametrize("verb", [BulkVerb.TURN_ON, BulkVerb.TURN_OFF])
def test_many_cost_as_many_queries_as_few(
    as_: As, ann: User, acme: Reseller, guard: Product, verb: BulkVerb
) -> None:
    recurrent = verb == BulkVerb.TURN_ON
    counts = []
    for count in (2, 30):
        made = [make_renewing(acme, guard, -3, recurrent=not recurrent) for _ in range(count)]
        for license in made[::2]:
            renewal = make_tried(license, AttemptOutcome.NOT_COVERED)
            if recurrent:
                renewal.state, renewal.next_attempt_on = RenewalState.ENDED, None
                renewal.save()
        client, url = as_(ann), address(*made, do=verb)
        with CaptureQueriesContext(connection) as captured:
            confirm(client, url)
        change = BulkChange.objects.claim(BulkChange.objects.latest("pk").pk, timezone.now())
        assert change
        with CaptureQueriesContext(connection) as done:
            do_batch(change, waiting(change), now=timezone.now())
        assert set(outcomes(change).values()) == {"done"}
        change.settle_done(finished_at=timezone.now())
        counts.append((len(captured), len(done)))
    assert counts[0] == counts[1]


def test_one_is_changed_from_the_list_and_leads_back_to_it(
    as_: As, ann: User, three: list[License], acme: Reseller
) -> None:
    client = as_(ann)
    url = f"/licenses/{three[0].uuid}/billing-state/?renewals=days%3D60%26customer%3DC"
    back = f"/renewals/?days=60&customer=C#license-{three[0].uuid}"
    assert back.replace("&", "&amp;") in client.get(url).content.decode()
    assert client.post(url, {"recurrent": "false"}).headers["Location"] == back
    client.post(url, {"recurrent": "true"})
    answer = client.post(url, {"recurrent": "false"}, headers=HTMX)
    assert answer.headers["HX-Trigger"] == "renewals-changed"
    assert "#renewals-result" in answer.content.decode()


def test_the_forecast_follows(as_: As, ann: User, three: list[License]) -> None:
    client = as_(ann)
    assert client.get("/renewals/").context["forecast"].amount == Decimal(360)
    changed(client, address(three[0], three[1]))
    assert client.get("/renewals/").context["forecast"].amount == Decimal(120)
