"""Real workers in a pass: whoever dies and whatever is lost, each period is paid once.

A worker is stopped at a point by a row that the test holds; then it is killed with -9. Timings are
shortened by settings; the conduct is the same.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from billing.models import Account, BalanceEntry
from desk.verify.registry import check_all
from licenses.models import License, Renewal
from licenses.tasks import renew_for
from resellers.models import Reseller
from tests.factories import make_entry
from tests.licenses.renewals import make_anchored
from tests.processes import Launcher, Valkey, eventually
from tests.races import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

SHORT: dict[str, Any] = {"RENEW_EVERY_SECONDS": 1, "JOB_LEASE_SECONDS": 2}
BEHIND = timedelta(days=100)  # of a license that renews monthly: three periods, each a batch


def make_behind(reseller: Reseller) -> License:
    """Return a license that nobody renewed for months, of a company that can pay."""
    make_entry(reseller)
    return make_anchored(reseller, reseller.day_of(timezone.now()) - BEHIND)


@pytest.fixture
def license(acme: Reseller) -> License:
    return make_behind(acme)


def is_up_to_date(license: License) -> bool:
    license.refresh_from_db()
    return license.ends_on is not None and license.ends_on > timezone.now().date() + timedelta(7)


def assert_paid_once(license: License) -> None:
    """Each of the periods after the first has one renewal and one entry, and every rule holds."""
    numbers = [1, 2, 3]
    renewals = Renewal.objects.filter(license=license, state="paid").order_by("number")
    assert list(renewals.values_list("number", flat=True)) == numbers
    entries = BalanceEntry.objects.filter(kind="renewal", reseller=license.reseller).order_by("pk")
    keys = [f"renewal/{license.uuid}/{number}" for number in numbers]
    assert list(entries.values_list("key", flat=True)) == keys
    assert license.periods.count() == 4
    assert [result.name for result in check_all() if result.rows] == []


def before_the_first_batch(license: License) -> None:
    """Hold the account, which a batch locks first."""
    Account.objects.select_for_update().get(reseller=license.reseller)


def in_the_second_batch(license: License) -> None:
    """Be about to write the second renewal."""
    mine = {"reseller": license.reseller, "license": license}
    Renewal.objects.create(**mine, number=2, state="ended")


def in_the_commit(license: License) -> None:
    """Hold the company, which PostgreSQL looks up when new rows that name it are committed."""
    Reseller.objects.select_for_update().get(pk=license.reseller_id)


# How many charges are committed there, and how the statement begins that the worker is in.
POINTS: dict[Callable[[License], None], tuple[int, str]] = {
    before_the_first_batch: (0, "SELECT"),
    in_the_second_batch: (1, "WITH"),
    in_the_commit: (0, "COMMIT"),
}


@contextmanager
def stopped_at(point: Callable[[License], None], license: License) -> Iterator[None]:
    """Let a pass begin and wait until it stands still at a point; it goes on after the block."""
    with transaction.atomic(durable=True):
        point(license)
        renew_for.delay(license.reseller_id)
        wait_for(1)
        yield
        transaction.set_rollback(True)


def seen_elsewhere(license: License) -> int:
    """Return how many charges are committed."""
    return BalanceEntry.objects.filter(kind="renewal", reseller=license.reseller).count()


def held_in() -> str:
    """Return the statement that waits for the test."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT query FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return str(cursor.fetchone()[0]).lstrip()


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_in_a_pass_loses_nothing_and_pays_nothing_twice(
    license: License, launch: Launcher, point: Callable[[License], None]
) -> None:
    victim = launch.worker(**SHORT)
    with stopped_at(point, license):
        charges, begins = POINTS[point]
        assert seen_elsewhere(license) == charges
        assert held_in().startswith(begins)
        victim.kill()
    launch.worker(**SHORT), launch.scheduler(**SHORT)
    eventually(lambda: is_up_to_date(license), 40)
    assert_paid_once(license)


def test_twin_without_the_scheduler_a_killed_pass_would_stay_half_done(
    license: License, launch: Launcher
) -> None:
    victim = launch.worker(**SHORT)
    with stopped_at(in_the_second_batch, license):
        victim.kill()
    launch.worker(**SHORT)
    time.sleep(6)
    assert not is_up_to_date(license)


def lose_the_messages(licenses: list[License], launch: Launcher, valkey: Valkey) -> None:
    """Empty the broker while one company's pass is under way and the other's waits for its turn."""
    launch.worker(children=1, **SHORT)
    first, second = licenses
    with stopped_at(in_the_second_batch, first):
        renew_for.delay(second.reseller_id)
        assert valkey.ask("FLUSHALL") == "+OK"


def test_a_broker_emptied_in_the_middle_of_a_pass_loses_nothing(
    license: License, globex: Reseller, launch: Launcher, valkey: Valkey
) -> None:
    licenses = [license, make_behind(globex)]
    lose_the_messages(licenses, launch, valkey)
    launch.scheduler(**SHORT)
    for each in licenses:
        eventually(lambda: is_up_to_date(each), 40)  # noqa: B023 (asked at once)
        assert_paid_once(each)


def test_twin_without_the_scheduler_what_was_in_the_broker_would_be_lost(
    license: License, globex: Reseller, launch: Launcher, valkey: Valkey
) -> None:
    licenses = [license, make_behind(globex)]
    lose_the_messages(licenses, launch, valkey)
    eventually(lambda: is_up_to_date(license), 40)
    time.sleep(4)
    assert not is_up_to_date(licenses[1])


def test_two_schedulers_and_two_workers_pay_once(
    license: License, globex: Reseller, launch: Launcher
) -> None:
    licenses = [license, make_behind(globex)]
    often = SHORT | {"RENEW_EVERY_SECONDS": 0.2}
    for _ in range(2):
        launch.worker(**often), launch.scheduler(**often)
    for each in licenses:
        eventually(lambda: is_up_to_date(each), 40)  # noqa: B023 (asked at once)
    time.sleep(2)
    for each in licenses:
        assert_paid_once(each)
