"""Many licenses are renewed by a job, each as a person would by hand, earliest To first."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.actions import park_account
from billing.models import BalanceEntry, EntryKind
from catalog.models import Price, Product
from licenses.bulk import working
from licenses.bulk.batches import do_batch, waiting
from licenses.models import BulkChange, BulkItem, BulkVerb, License, RenewalAttempt
from licenses.renewing.manual import renew_by_hand
from reseller_portal.display import day_text
from resellers.models import AuditEvent, Reseller, User
from resellers.roles import Role
from tests.factories import make_cancelled, make_entry, make_order
from tests.licenses.bulk import address, changed, confirm, form_of, outcomes, reasons, work_off
from tests.licenses.renewals import broken
from tests.licenses.renewing import make_guard, make_renewing

As = Callable[[User], Client]
RENEW = BulkVerb.RENEW


@pytest.fixture
def guard(db: None) -> Product:
    return make_guard()


@pytest.fixture
def three(acme: Reseller, guard: Product) -> list[License]:
    """Three that may be renewed by hand, for 120.00 each; the latest To was made first."""
    return [make_renewing(acme, guard, days) for days in (14, 9, -2)]


def renewals(reseller: Reseller) -> list[tuple[str, Decimal]]:
    """Return reference and amount of what was paid for renewals, in ledger order."""
    entries = BalanceEntry.objects.for_reseller(reseller).filter(kind=EntryKind.RENEWAL)
    return list(entries.order_by("sequence").values_list("reference", "amount"))


def reference(license: License) -> str:
    return f"{license.order.number}/{license.uuid}"


def test_the_confirmation_says_the_sum_what_is_left_and_until_when(
    as_: As, ann: User, acme: Reseller, three: list[License]
) -> None:
    make_entry(acme, "500.00")
    answer = as_(ann).get(address(*three, do=RENEW))
    text = answer.text.replace("&nbsp;", " ")
    assert "Renew 3 licenses</h1>" in text
    seen = answer.context["preview"]
    assert (seen.amount, seen.by_balance.count, seen.balance_after) == (360, 3, 140)
    assert day_text(seen.first) in text
    assert day_text(seen.last) in text
    assert "140.00" in text
    assert not BulkChange.objects.exists()


def test_each_is_renewed_once_earliest_to_first(
    as_: As, ann: User, acme: Reseller, three: list[License]
) -> None:
    make_entry(acme, "500.00")
    change = changed(as_(ann), address(*three, do=RENEW))
    assert list(outcomes(change).items()) == [(each.pk, "done") for each in three[::-1]]
    assert renewals(acme) == [(reference(each), Decimal(-120)) for each in three[::-1]]
    assert (change.state, change.done, change.amount) == ("done", 3, Decimal(360))
    events = AuditEvent.objects.filter(verb="license.renewed", actor=ann)
    assert events.count() == 3
    assert [each.periods.count() for each in three] == [2, 2, 2]
    assert set(BulkItem.objects.values_list("source", "renewal__state")) == {("balance", "paid")}
    assert broken() == []


def test_what_the_balance_does_not_cover_is_said_and_not_renewed(
    as_: As, ann: User, acme: Reseller, three: list[License]
) -> None:
    make_entry(acme, "250.00")
    url = address(*three, do=RENEW)
    seen = as_(ann).get(url).context["preview"]
    assert (seen.by_balance.count, seen.not_covered.count, seen.missing) == (2, 1, 110)
    change = changed(as_(ann), url)
    assert list(outcomes(change).values()) == ["done", "done", "refused"]
    assert "110.00 is missing" in reasons(change)[0].replace("\xa0", " ")
    assert not RenewalAttempt.objects.filter(renewal__license=three[0]).exists()


def test_each_is_paid_by_its_own_so_that_a_cheaper_one_may_follow(
    as_: As, ann: User, acme: Reseller, guard: Product
) -> None:
    make_entry(acme, "50.00")
    dear = make_renewing(acme, guard, 3)
    cheap = make_renewing(acme, guard, 5, term_months=1)
    url = address(dear, cheap, do=RENEW)
    seen = as_(ann).get(url).context["preview"]
    assert (seen.by_balance.amount, seen.missing) == (10, 80)
    change = changed(as_(ann), url)
    assert outcomes(change) == {dear.pk: "refused", cheap.pk: "done"}


def test_nothing_covered_is_nothing_to_confirm(
    as_: As, ann: User, acme: Reseller, three: list[License]
) -> None:
    client, url = as_(ann), address(*three, do=RENEW)
    seen = client.get(url)
    assert 'type="submit">Renew' not in seen.text
    assert confirm(client, url).status_code == 422
    assert not BulkChange.objects.exists()


def test_what_cannot_be_renewed_is_refused_with_the_reasons_of_one(
    as_: As, ann: User, acme: Reseller, guard: Product, three: list[License]
) -> None:
    make_entry(acme, "500.00")
    early = make_renewing(acme, guard, 16)
    expired = make_renewing(acme, guard, -60)
    unused = make_order(acme, quantity=1).licenses.get()
    no_price = make_renewing(acme, guard, 8, term_months=24)
    change = changed(as_(ann), address(three[0], early, expired, unused, no_price, do=RENEW))
    assert outcomes(change)[three[0].pk] == "done"
    assert list(outcomes(change).values()).count("refused") == 4
    said = " ".join(reasons(change))
    for part in ("Too early", "Expired: To was", "Not activated yet", "There is no price"):
        assert part in said


def test_what_changed_since_it_was_confirmed_is_a_result_of_its_row(
    as_: As, ann: User, alice: User, acme: Reseller, three: list[License]
) -> None:
    make_entry(acme, "1000.00")
    monthly = make_renewing(acme, three[0].product, 3, term_months=1)
    confirm(as_(ann), address(*three, monthly, do=RENEW))
    make_cancelled(three[0])
    renew_by_hand(three[1].uuid, actor=alice, now=timezone.now())
    Price.objects.filter(term_months=1).update(amount="11.00")
    change = work_off()
    assert outcomes(change) == {
        three[2].pk: "done",
        monthly.pk: "refused",
        three[1].pk: "same",
        three[0].pk: "refused",
    }
    assert "it costs EUR 11.00 now" in reasons(change)[0].replace("\xa0", " ")
    assert reasons(change)[1].startswith("Cancelled")
    assert three[1].periods.count() == 2


@pytest.mark.parametrize("change", [{"role": Role.VIEWER}, {"is_active": False}])
def test_who_may_not_do_it_any_more_does_nothing_more(
    as_: As, ann: User, acme: Reseller, three: list[License], change: dict[str, Any]
) -> None:
    make_entry(acme, "500.00")
    confirm(as_(ann), address(*three, do=RENEW))
    User.objects.filter(pk=ann.pk).update(**change)
    job = work_off()
    assert (job.state, job.done, set(outcomes(job).values())) == ("done", 3, {"refused"})
    assert set(reasons(job)) == {"The person who confirmed it may not do this any more."}
    assert renewals(acme) == []


def test_who_is_demoted_between_two_batches_does_no_further_one(
    as_: As, ann: User, acme: Reseller, three: list[License]
) -> None:
    make_entry(acme, "500.00")
    confirm(as_(ann), address(*three, do=RENEW))
    jobs = BulkChange.objects.select_related("by")
    change = jobs.claim(jobs.get().pk, timezone.now())
    assert change
    User.objects.filter(pk=ann.pk).update(role=Role.VIEWER)
    do_batch(change, waiting(change), now=timezone.now())
    assert set(outcomes(change).values()) == {"refused"}
    assert renewals(acme) == []


def test_a_parked_account_renews_none(
    as_: As, ann: User, sam: User, acme: Reseller, three: list[License]
) -> None:
    make_entry(acme, "500.00")
    client, url = as_(ann), address(*three, do=RENEW)
    confirm(client, url)
    park_account(acme.pk, "Checking", actor=sam, now=timezone.now())
    job = work_off()
    assert set(outcomes(job).values()) == {"refused"}
    assert "The account is parked" in reasons(job)[0]
    assert "The account is parked" in client.get(url).text
    assert client.post(url, {"key": "x"}).status_code == 422


def test_another_split_between_the_sources_has_to_be_confirmed_anew(
    as_: As, ann: User, acme: Reseller, three: list[License]
) -> None:
    make_entry(acme, "360.00")
    client, url = as_(ann), address(*three, do=RENEW)
    seen = form_of(client, url)
    make_entry(acme, "-100.00", EntryKind.ADJUSTMENT)
    assert client.post(url, seen).status_code == 422
    assert not BulkChange.objects.exists()


def test_looking_costs_as_many_queries_for_many_as_for_few(
    as_: As, ann: User, acme: Reseller, guard: Product
) -> None:
    make_entry(acme, "9000.00")
    counts = []
    for count in (2, 30):
        made = [make_renewing(acme, guard, 5) for _ in range(count)]
        client = as_(ann)
        with CaptureQueriesContext(connection) as captured:
            confirm(client, address(*made, do=RENEW))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_long_job_hands_over_after_its_turn_and_goes_on(
    as_: As, ann: User, acme: Reseller, guard: Product, settings: Any
) -> None:
    settings.BULK_TURN_SECONDS = -1
    make_entry(acme, "9000.00")
    made = [make_renewing(acme, guard, 5) for _ in range(3)]
    confirm(as_(ann), address(*made, do=RENEW))
    change = BulkChange.objects.get()
    assert working.work(change.pk) is True
    change.refresh_from_db()
    assert (change.state, change.attempts, change.done) == ("queued", 0, 0)
    settings.BULK_TURN_SECONDS = 60
    assert set(outcomes(work_off()).values()) == {"done"}
