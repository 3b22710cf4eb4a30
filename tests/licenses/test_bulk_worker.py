"""Bulk changes through real workers, one of which is killed in the middle."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from billing.models import BalanceEntry, EntryKind
from licenses.bulk.batches import RENEWED_AT_ONCE
from licenses.models import BulkChange, BulkItem, BulkVerb, License
from resellers.models import Reseller, User
from tests.factories import make_entry
from tests.licenses.bulk import address, confirm
from tests.licenses.renewals import broken
from tests.licenses.test_card_renewals import due
from tests.processes import Launcher, eventually
from tests.races import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

SHORT: dict[str, Any] = {"JOB_LEASE_SECONDS": 2, "SWEEP_EVERY_SECONDS": 0.5}
As = Callable[[User], Client]


@pytest.fixture
def licenses(acme: Reseller) -> list[License]:
    """More than two batches of them, which only a person renews, and money for all."""
    make_entry(acme)
    return due(acme, *[5] * (2 * RENEWED_AT_ONCE + 3), recurrent=False)


def done() -> bool:
    return BulkChange.objects.filter(state="done").exists()


def paid_renewals() -> int:
    return BalanceEntry.objects.filter(kind=EntryKind.RENEWAL).count()


def killed_in_the_second_batch(
    licenses: list[License], as_: As, ann: User, launch: Launcher
) -> None:
    """Let a worker do one batch, stop it in the next one, and kill it there."""
    victim = launch.worker(**SHORT)
    last = licenses[RENEWED_AT_ONCE + 2]
    with transaction.atomic():
        License.objects.select_for_update(no_key=True).get(pk=last.pk)
        list(ThreadPoolExecutor(1).map(lambda _: press_alone(licenses, as_, ann), [None]))
        eventually(lambda: paid_renewals() == RENEWED_AT_ONCE)
        wait_for(1)
        victim.kill()


def press_alone(licenses: list[License], as_: As, ann: User) -> None:
    """Confirm on a database connection of one's own."""
    try:
        confirm(as_(ann), address(*licenses, do=BulkVerb.RENEW))
    finally:
        connection.close()


def test_a_job_whose_worker_is_killed_goes_on_and_renews_each_once(
    licenses: list[License], as_: As, ann: User, launch: Launcher
) -> None:
    killed_in_the_second_batch(licenses, as_, ann, launch)
    assert BulkChange.objects.get().done == RENEWED_AT_ONCE
    launch.worker(**SHORT), launch.scheduler(**SHORT)
    eventually(done, 40)
    assert paid_renewals() == len(licenses)
    assert set(BulkItem.objects.values_list("outcome", flat=True)) == {"done"}
    assert {license.periods.count() for license in licenses} == {2}
    assert broken() == []


def test_without_the_lease_running_out_it_would_stay_half_done(
    licenses: list[License], as_: As, ann: User, launch: Launcher
) -> None:
    killed_in_the_second_batch(licenses, as_, ann, launch)
    BulkChange.objects.update(leased_until=timezone.now() + timedelta(hours=1))
    patient = SHORT | {"JOB_LEASE_SECONDS": 3600}  # else such a lease is taken for an error
    launch.worker(**patient), launch.scheduler(**SHORT)
    with pytest.raises(AssertionError):
        eventually(done, 6)
    assert paid_renewals() == RENEWED_AT_ONCE
