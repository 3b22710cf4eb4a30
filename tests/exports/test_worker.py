"""Exports through real workers: ready at once, and not lost when a worker dies."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from exports.models import Export
from resellers.models import Reseller, User
from tests.factories import make_order
from tests.processes import Launcher, eventually
from tests.races import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

SHORT: dict[str, Any] = {"JOB_LEASE_SECONDS": 2, "SWEEP_EVERY_SECONDS": 0.5}


def press_export(user: User, as_: Any, kind: str = "orders") -> Export:
    """Press Export on the list of all orders."""
    answer = as_(user).post(f"/exports/{kind}/?date_from=&date_to=")
    assert answer.status_code == 303
    return Export.objects.latest("pk")


def ready(export: Export) -> bool:
    """Say whether the file is there."""
    return Export.objects.filter(pk=export.pk, state="done").exists()


def test_a_small_export_is_ready_within_a_second(
    acme: Reseller, ann: User, as_: Any, launch: Launcher
) -> None:
    order = make_order(acme, user=ann)
    launch.worker()
    first = press_export(ann, as_)
    eventually(lambda: ready(first))  # the worker has started by now
    export = press_export(ann, as_, "license-keys")
    began = time.monotonic()
    eventually(lambda: ready(export))
    assert time.monotonic() - began < 1
    file = as_(ann).get(f"/exports/{export.uuid}/download/").getvalue().decode()
    assert all(code in file for code in order.licenses.values_list("activation_code", flat=True))


def held_by_a_worker(user: User, as_: Any, launch: Launcher) -> Export:
    """Ask for an export and kill the worker in the middle of writing it."""
    victim = launch.worker(**SHORT)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE orders_order IN ACCESS EXCLUSIVE MODE")
        [export] = ThreadPoolExecutor(1).map(lambda _: press_alone(user, as_), [None])
        eventually(lambda: Export.objects.filter(state="running").exists())
        wait_for(1)
        victim.kill()
    return export


def press_alone(user: User, as_: Any) -> Export:
    """Press Export on a database connection of one's own."""
    try:
        return press_export(user, as_)
    finally:
        connection.close()


def test_an_export_whose_worker_is_killed_is_written_by_another(
    acme: Reseller, ann: User, as_: Any, launch: Launcher, exports_folder: Path
) -> None:
    make_order(acme, user=ann)
    export = held_by_a_worker(ann, as_, launch)
    launch.worker(**SHORT), launch.scheduler(**SHORT)
    eventually(lambda: ready(export))
    export.refresh_from_db()
    assert (export.attempts, export.rows) == (2, 1)
    assert (exports_folder / export.file).exists()


def test_without_the_lease_running_out_it_would_stay_half_written(
    acme: Reseller, ann: User, as_: Any, launch: Launcher
) -> None:
    make_order(acme, user=ann)
    export = held_by_a_worker(ann, as_, launch)
    Export.objects.update(leased_until=timezone.now() + timedelta(hours=1))
    patient = SHORT | {"JOB_LEASE_SECONDS": 3600}  # else such a lease is taken for an error
    launch.worker(**patient), launch.scheduler(**SHORT)
    time.sleep(6)
    assert not ready(export)
