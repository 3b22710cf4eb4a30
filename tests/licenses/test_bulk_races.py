"""Many licenses are changed while something else happens, or by two workers at once."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from billing.models import BalanceEntry, EntryKind
from licenses.bulk import batches
from licenses.bulk.batches import do_batch, waiting
from licenses.models import BulkChange, BulkVerb, License
from licenses.steps import cancel_licenses
from reseller_portal.jobs import Job, LeaseLostError
from resellers.models import Reseller, User
from tests.factories import make_entry
from tests.licenses.bulk import address, confirm, outcomes, recurrent_of
from tests.licenses.renewing import make_guard, make_renewing
from tests.races import after, all_at_once, without_locks

pytestmark = pytest.mark.django_db(transaction=True)

As = Callable[[User], Client]


@pytest.fixture
def licenses(acme: Reseller) -> list[License]:
    """Three that end without renewal, and money for them."""
    make_entry(acme, "1000.00")
    guard = make_guard()
    return [make_renewing(acme, guard, days, recurrent=False) for days in (9, 10, 11)]


@pytest.fixture
def asked(as_: As, ann: User, licenses: list[License]) -> Callable[[BulkVerb], BulkChange]:
    """Ask for a change of all three, which no worker has begun."""

    def ask(verb: BulkVerb) -> BulkChange:
        confirm(as_(ann), address(*licenses, do=verb))
        return BulkChange.objects.latest("pk")

    return ask


def claimed(change: BulkChange) -> BulkChange:
    taken = BulkChange.objects.claim(change.pk, timezone.now())
    assert taken
    return taken


def do(change: BulkChange) -> Any:
    """Do the first batch as the worker does that holds it."""
    do_batch(change, waiting(change), now=timezone.now())


def cancelled_meanwhile(licenses: list[License], change: BulkChange) -> Any:
    """Do the job while one of the licenses is being cancelled."""
    cancel = partial(cancel_licenses, licenses[1:2], timezone.now())
    return after(cancel, partial(do, claimed(change)))


def test_one_that_is_cancelled_meanwhile_is_refused_and_the_others_are_on(
    licenses: list[License], asked: Callable[[BulkVerb], BulkChange]
) -> None:
    change = asked(BulkVerb.TURN_ON)
    assert cancelled_meanwhile(licenses, change) is None
    assert list(outcomes(change).values()) == ["done", "refused", "done"]
    assert recurrent_of(licenses) == [True, False, True]


def test_twin_without_the_locks_nothing_is_changed_but_an_error_shown(
    licenses: list[License],
    asked: Callable[[BulkVerb], BulkChange],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    change = asked(BulkVerb.TURN_ON)
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert isinstance(cancelled_meanwhile(licenses, change), IntegrityError)
    assert recurrent_of(licenses) == [False] * 3


def taken_over(change: BulkChange) -> tuple[BulkChange, BulkChange]:
    """Return the job as a worker holds it that stood still, and as its follower holds it."""
    first = claimed(change)
    BulkChange.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    return first, claimed(change)


def test_a_worker_that_lost_the_job_changes_nothing_any_more(
    licenses: list[License], asked: Callable[[BulkVerb], BulkChange]
) -> None:
    stalled, follower = taken_over(asked(BulkVerb.TURN_ON))
    with pytest.raises(LeaseLostError):
        do(stalled)
    assert recurrent_of(licenses) == [False] * 3
    do(follower)
    assert recurrent_of(licenses) == [True] * 3


def test_twin_without_holding_the_job_it_would_go_on(
    licenses: list[License],
    asked: Callable[[BulkVerb], BulkChange],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stalled, _follower = taken_over(asked(BulkVerb.TURN_ON))
    monkeypatch.setattr(Job, "renew_lease", lambda *_held, **_progress: None)
    do(stalled)
    assert recurrent_of(licenses) == [True] * 3


def both_renew(change: BulkChange, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Let two workers, both of whom believe that they hold the job, renew the same licenses."""
    monkeypatch.setattr(Job, "renew_lease", lambda *_held, **_progress: None)
    first, second = taken_over(change)
    items, same_items = waiting(first), waiting(second)
    return all_at_once(
        partial(do_batch, first, items, now=timezone.now()),
        partial(do_batch, second, same_items, now=timezone.now()),
    )


def paid_renewals() -> int:
    return BalanceEntry.objects.filter(kind=EntryKind.RENEWAL).count()


def test_even_two_workers_on_the_same_licenses_renew_each_once(
    licenses: list[License],
    asked: Callable[[BulkVerb], BulkChange],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    change = asked(BulkVerb.RENEW)
    assert both_renew(change, monkeypatch) == [None, None]
    assert paid_renewals() == 3
    assert [license.periods.count() for license in licenses] == [2, 2, 2]
    assert list(outcomes(change).values()) == ["same"] * 3  # so says who came second


def test_twin_without_looking_for_the_period_what_was_renewed_is_called_refused(
    asked: Callable[[BulkVerb], BulkChange], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The days before To alone keep a second worker from paying a further period."""
    change = asked(BulkVerb.RENEW)
    monkeypatch.setattr(batches, "paid_periods", lambda *_: set())
    both_renew(change, monkeypatch)
    assert list(outcomes(change).values()) == ["refused"] * 3


def test_twin_without_looking_for_the_period_nor_the_day_they_would_pay_a_further_one(
    licenses: list[License],
    asked: Callable[[BulkVerb], BulkChange],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batches, "paid_periods", lambda *_: set())
    monkeypatch.setattr("licenses.renewing.manual.why_not_renew", lambda *_: None)
    both_renew(asked(BulkVerb.RENEW), monkeypatch)
    assert paid_renewals() == 6
