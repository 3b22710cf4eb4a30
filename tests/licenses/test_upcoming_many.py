"""The billing state of many licenses is changed at once, from the list of renewals."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Price, Product
from licenses.models import AttemptOutcome, License, Renewal, RenewalState
from licenses.upcoming import choice
from licenses.upcoming.actions import change_billing_states
from resellers.models import AuditEvent, Reseller, User
from tests.factories import make_cancelled, make_order
from tests.licenses.renewing import make_guard, make_renewing, make_tried, today_of

As = Callable[[User], Client]
HTMX = {"HX-Request": "true", "HX-Target": "dialog"}


@pytest.fixture
def guard(db: None) -> Product:
    return make_guard()


@pytest.fixture
def three(acme: Reseller, guard: Product) -> list[License]:
    return [make_renewing(acme, guard, days, company=f"C{days}") for days in (10, 20, 30)]


def address(*licenses: License, recurrent: str = "false", **query: str) -> str:
    pairs = [*query.items(), ("recurrent", recurrent)]
    pairs += [("license", str(license.uuid)) for license in licenses]
    return f"/renewals/billing-state/?{urlencode(pairs)}"


def confirm(client: Client, url: str, recurrent: str = "false", **options: Any) -> Any:
    """Look at the confirmation, and press its button."""
    seen = client.get(url).context["preview"]
    return client.post(url, {"recurrent": recurrent, "expected": seen.token}, **options)


def recurrent_of(licenses: list[License]) -> list[bool]:
    found = License.objects.in_bulk([license.pk for license in licenses])
    return [found[license.pk].recurrent for license in licenses]


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
    assert recurrent_of(three) == [True] * 3


def test_the_chosen_ones_are_turned_off(as_: As, ann: User, three: list[License]) -> None:
    client = as_(ann)
    answer = confirm(client, address(three[0], three[2], days="60"))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/renewals/?days=60")
    assert recurrent_of(three) == [False, True, False]
    assert "Auto-renew is off for 2 licenses." in client.get("/renewals/").content.decode()
    events = AuditEvent.objects.filter(verb="license.billing_state_changed")
    assert {event.about for event in events} == {str(three[0].uuid), str(three[2].uuid)}
    assert {(event.actor, event.changes["recurrent"]) for event in events} == {(ann, False)}


def test_all_that_match_are_turned_off(as_: As, ann: User, three: list[License]) -> None:
    confirm(as_(ann), address(which="all", customer="C2"))
    assert recurrent_of(three) == [True, False, True]


def test_those_that_end_are_turned_on(as_: As, ann: User, acme: Reseller, guard: Product) -> None:
    ends = [make_renewing(acme, guard, days, recurrent=False) for days in (-3, 20)]
    url = address(which="all", show="ending", recurrent="true")
    assert "Turn auto-renew on for 2 licenses" in as_(ann).get(url).content.decode()
    confirm(as_(ann), url, "true")
    assert recurrent_of(ends) == [True, True]
    [renewal] = Renewal.objects.all()  # the one in grace is tried today
    assert (renewal.license, renewal.state) == (ends[0], RenewalState.WAITING)
    assert renewal.next_attempt_on == today_of(acme)


def test_turned_off_a_renewal_that_waits_is_tried_no_more(
    as_: As, ann: User, three: list[License]
) -> None:
    renewal = make_tried(three[0], AttemptOutcome.NOT_COVERED)
    confirm(as_(ann), address(which="all"))
    renewal.refresh_from_db()
    assert (renewal.state, renewal.next_attempt_on) == (RenewalState.ENDED, None)


def test_what_cannot_be_changed_is_named_with_its_reason_and_stops_no_other(
    as_: As, ann: User, acme: Reseller, guard: Product, three: list[License]
) -> None:
    cancelled = make_cancelled(make_renewing(acme, guard, 5))
    expired = make_renewing(acme, guard, -60)
    unused = make_order(acme, quantity=1).licenses.get()
    client, url = as_(ann), address(three[0], cancelled, expired, unused)
    assert "Turn auto-renew off for 1 license<" in client.get(url).content.decode()
    confirm(client, url)
    text = client.get("/renewals/").content.decode()
    assert "Auto-renew is off for 1 license." in text
    assert f"…-{cancelled.activation_code[-5:]} of order {cancelled.order.number}: Cancell" in text
    for reason in ("Expired", "Not activated yet"):
        assert reason in text
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
    assert "1 does not renew anyway." in as_(ann).get(address(three[0], off)).content.decode()
    confirm(as_(ann), address(three[0], off))
    assert AuditEvent.objects.filter(about=str(off.uuid)).count() == 0


def test_what_was_not_confirmed_or_changed_since_comes_back(
    as_: As, ann: User, acme: Reseller, guard: Product, three: list[License]
) -> None:
    client, url = as_(ann), address(which="all")
    seen = client.get(url).context["preview"].token
    assert client.post(url, {"recurrent": "false"}).status_code == 422
    make_renewing(acme, guard, 15)
    answer = client.post(url, {"recurrent": "false", "expected": seen})
    assert answer.status_code == 422
    assert "Turn auto-renew off for 4 licenses" in answer.content.decode()
    assert recurrent_of(three) == [True] * 3
    again = answer.context["preview"].token
    assert client.post(url, {"recurrent": "false", "expected": again}).status_code == 303


def test_another_amount_has_to_be_confirmed_anew(as_: As, ann: User, three: list[License]) -> None:
    client, url = as_(ann), address(which="all")
    seen = client.get(url).context["preview"].token
    Price.objects.update(amount=Decimal("1.00"))
    assert client.post(url, {"recurrent": "false", "expected": seen}).status_code == 422
    assert recurrent_of(three) == [True] * 3


def test_another_count_has_to_be_confirmed_anew_even_at_the_same_amount(
    as_: As, ann: User, acme: Reseller, guard: Product, three: list[License]
) -> None:
    Price.objects.all().delete()
    client, url = as_(ann), address(which="all")
    seen = client.get(url).context["preview"].token
    make_renewing(acme, guard, 15)
    assert client.post(url, {"recurrent": "false", "expected": seen}).status_code == 422
    assert recurrent_of(three) == [True] * 3


def test_by_htmx_the_result_stands_above_the_list_which_is_fetched_anew(
    as_: As, ann: User, three: list[License]
) -> None:
    answer = confirm(as_(ann), address(three[0]), headers=HTMX)
    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["HX-Trigger"] == "renewals-changed"
    assert 'hx-swap-oob="innerHTML:#renewals-result"' in answer.content.decode()
    assert "Auto-renew is off for 1 license." in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("recurrent=false", "Choose at least one license"),
        ("recurrent=false&license=nonsense&license=%00", "Choose at least one license"),
        ("which=all", "Say whether auto-renew shall be on"),
        ("which=all&recurrent=maybe", "can only be turned on (true) or off (false)"),
        ("which=all&recurrent=false&days=31", "Days ahead"),
        ("which=all&recurrent=false&customer=nobody", "Choose at least one license"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(
    as_: As, ann: User, three: list[License], query: str, sentence: str
) -> None:
    url = f"/renewals/billing-state/?{query}"
    assert sentence in as_(ann).get(url).content.decode()
    answer = as_(ann).post(url, {"recurrent": "false"})
    assert answer.status_code == 422
    assert recurrent_of(three) == [True] * 3


def test_more_than_the_limit_are_changed_in_parts(
    as_: As, ann: User, three: list[License], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "MOST", 2)
    text = as_(ann).get(address(which="all")).content.decode()
    assert "More than 2 licenses match. Narrow the list" in text


def test_a_strangers_licenses_are_not_among_them(
    as_: As, charlie: User, three: list[License]
) -> None:
    client = as_(charlie)
    assert "Choose at least one license" in client.get(address(*three)).content.decode()
    assert client.post(address(*three), {"recurrent": "false"}).status_code == 422
    assert client.post(address(which="all"), {"recurrent": "false"}).status_code == 422
    assert recurrent_of(three) == [True] * 3


def test_the_action_itself_keeps_to_its_company(
    charlie: User, globex: Reseller, three: list[License]
) -> None:
    keys = [license.pk for license in three]
    outcome = change_billing_states(keys, False, actor=charlie, reseller=globex, now=timezone.now())
    assert outcome.changed == []
    assert recurrent_of(three) == [True] * 3


def test_a_viewer_gets_no_boxes_and_no_page(as_: As, bob: User, three: list[License]) -> None:
    assert 'name="license"' not in as_(bob).get("/renewals/").content.decode()
    assert as_(bob).get(address(*three)).status_code == 403
    assert as_(bob).post(address(*three), {"recurrent": "false"}).status_code == 403
    assert recurrent_of(three) == [True] * 3


@pytest.mark.parametrize("recurrent", [True, False])
def test_many_cost_as_many_queries_as_few(
    ann: User, acme: Reseller, guard: Product, recurrent: bool
) -> None:
    counts = []
    for count in (2, 30):
        made = [make_renewing(acme, guard, -3, recurrent=not recurrent) for _ in range(count)]
        for license in made[::2]:
            renewal = make_tried(license, AttemptOutcome.NOT_COVERED)
            if recurrent:
                renewal.state, renewal.next_attempt_on = RenewalState.ENDED, None
                renewal.save()
        keys = [license.pk for license in made]
        with CaptureQueriesContext(connection) as captured:
            outcome = change_billing_states(
                keys, recurrent, actor=ann, reseller=acme, now=timezone.now()
            )
        assert len(outcome.changed) == count
        counts.append(len(captured))
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
    confirm(client, address(three[0], three[1]))
    assert client.get("/renewals/").context["forecast"].amount == Decimal(120)
