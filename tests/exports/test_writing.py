"""Writing an export: one moment, a private file, flat memory, and what becomes of failures."""

import csv
import io
import json
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from exports import snapshots, writing
from exports.csv import Lines, count_rows
from exports.models import Export
from orders.models import Order
from reseller_portal.jobs import LeaseLostError
from resellers.models import Reseller, User
from tests.factories import make_order
from tests.processes import Launcher

pytestmark = pytest.mark.django_db(transaction=True)

Ask = Callable[..., Export]
COPIES = """
INSERT INTO orders_order (reseller_id, number, user_id, product_id, term_months, quantity,
    available, unit_amount, amount, currency, payment_type, state, reference, placed_at)
SELECT reseller_id, (2000000000 + n)::text, user_id, product_id, term_months, quantity,
    available, unit_amount, amount, currency, payment_type, state, reference, placed_at
FROM orders_order, generate_series(%s, %s) AS n WHERE id = %s
"""
WRITER = """
import resource, sys, django
django.setup()
from exports import writing
writing.write(int(sys.argv[1]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def many_orders(reseller: Reseller, count: int) -> None:
    """Let a company have bought a lot."""
    first = make_order(reseller, quantity=1)
    begin = Order.objects.count()
    with connection.cursor() as cursor:
        cursor.execute(COPIES, [begin, begin + count - 2, first.pk])


def lines_of(export: Export, folder: Path) -> list[list[str]]:
    """Return the file's cells."""
    text = (folder / export.file).read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.fixture
def often(exports_folder: Path, settings: Any) -> Path:
    """Tell progress twenty times a second."""
    settings.JOB_PROGRESS_SECONDS = 0.05
    return exports_folder


def test_the_file_holds_the_matching_rows_and_the_row_says_how_many(
    acme: Reseller, ann: User, written: Ask, exports_folder: Path
) -> None:
    orders = [make_order(acme, user=ann) for _ in range(2)]
    export = written(ann)
    header, *rows = lines_of(export, exports_folder)
    assert header[0] == "Order Number"
    assert {row[0] for row in rows} == {order.number for order in orders}
    assert (export.state, export.rows, export.total) == ("done", 2, 2)
    assert export.size == (exports_folder / export.file).stat().st_size


def test_a_strangers_orders_are_never_in_it(
    acme: Reseller, globex: Reseller, ann: User, written: Ask, exports_folder: Path
) -> None:
    make_order(globex)
    export = written(ann)
    assert len(lines_of(export, exports_folder)) == 1
    assert export.rows == 0


def test_a_worker_writes_the_resellers_days(
    acme: Reseller, ann: User, written: Ask, exports_folder: Path
) -> None:
    make_order(acme, user=ann, placed_at=datetime(2026, 11, 23, 23, 30, tzinfo=UTC))
    assert lines_of(written(ann), exports_folder)[1][1] == "2026-11-24"


def test_nobody_else_on_the_machine_can_read_the_file(
    acme: Reseller, ann: User, written: Ask, exports_folder: Path
) -> None:
    export = written(ann)
    assert stat.S_IMODE((exports_folder / export.file).stat().st_mode) == 0o600
    assert stat.S_IMODE(exports_folder.stat().st_mode) == 0o700


def test_only_finished_files_have_a_name(
    acme: Reseller, ann: User, written: Ask, exports_folder: Path
) -> None:
    export = written(ann)
    assert [path.name for path in exports_folder.iterdir()] == [export.file]
    assert str(export.uuid) in export.file


def test_today_is_the_day_on_which_the_person_asked(
    acme: Reseller, ann: User, ask: Ask, exports_folder: Path
) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    old = make_order(acme, user=ann, placed_at=yesterday)
    make_order(acme, user=ann)
    export = ask(ann, query="", now=yesterday)
    writing.write(export.pk)
    export.refresh_from_db()
    assert [row[0] for row in lines_of(export, exports_folder)[1:]] == [old.number]


def test_a_change_during_the_writing_is_not_in_the_file(
    acme: Reseller, ann: User, ask: Ask, exports_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_orders(acme, 3000)
    take = Lines.write
    changed: list[int] = []

    def change_meanwhile(self: Lines, line: bytes) -> int:
        if not changed:
            changed.append(Order.objects.update(available=0))
            many_orders(acme, 3)
        return take(self, line)

    monkeypatch.setattr(Lines, "write", change_meanwhile)
    export = ask(ann)
    writing.write(export.pk)
    export.refresh_from_db()
    rows = lines_of(export, exports_folder)[1:]
    assert (len(rows), export.total, changed) == (3000, 3000, [3000])
    assert {row[7] for row in rows} == {"1"}


@pytest.fixture
def bought_meanwhile(acme: Reseller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let somebody buy between the counting of the rows and their writing."""

    def count(*arguments: Any) -> int:
        number = count_rows(*arguments)
        many_orders(acme, 3)
        return number

    monkeypatch.setattr(writing, "count_rows", count)


def rows_written(export: Export, folder: Path) -> int:
    """Write the file and return how many rows it has."""
    writing.write(export.pk)
    export.refresh_from_db()
    return len(lines_of(export, folder)) - 1


@pytest.mark.usefixtures("bought_meanwhile")
def test_what_is_counted_is_what_is_written(ann: User, ask: Ask, exports_folder: Path) -> None:
    assert rows_written(ask(ann), exports_folder) == 0


@pytest.mark.usefixtures("bought_meanwhile")
def test_without_one_snapshot_more_would_be_written_than_was_counted(
    ann: User, ask: Ask, exports_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "BEGIN", "BEGIN")
    assert rows_written(ask(ann), exports_folder) == 3


def test_progress_is_told_while_it_runs_and_the_lease_renewed(
    acme: Reseller, ann: User, ask: Ask, often: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_orders(acme, 2000)
    export, take, seen = ask(ann), Lines.write, []

    def slowly(self: Lines, line: bytes) -> int:
        if self.rows in {500, 1500}:
            time.sleep(0.3)
            at = Export.objects.get()
            assert at.leased_until is not None
            seen.append((at.rows, at.total, at.leased_until))
        return take(self, line)

    monkeypatch.setattr(Lines, "write", slowly)
    writing.write(export.pk)
    assert [row[:2] for row in seen] == [(500, 2000), (1500, 2000)]
    assert seen[1][2] > seen[0][2]


def test_a_worker_that_lost_the_job_stops_and_leaves_no_file(
    acme: Reseller, ann: User, ask: Ask, often: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_orders(acme, 20_000)
    export, take = ask(ann), Lines.write
    mine = Export.objects.claim(export.pk, timezone.now())

    def lose_the_job(self: Lines, line: bytes) -> int:
        if self.rows == 100:
            Export.objects.claim_next(timezone.now() + timedelta(hours=1))
            time.sleep(0.3)
        return take(self, line)

    monkeypatch.setattr(Lines, "write", lose_the_job)
    assert mine is not None
    with pytest.raises(LeaseLostError):
        writing.produce(mine)
    assert list(often.iterdir()) == []


def peak_of_writing(export: Export, launch: Launcher) -> int:
    """Write an export in a process of its own, and return its peak of memory in kilobytes."""
    command = [sys.executable, "-W", "ignore", "-c", WRITER, str(export.pk)]
    changes = {"TEST_SETTINGS": json.dumps(launch.settings)}
    done = subprocess.run(
        command, env={**launch.environment, **changes}, capture_output=True, check=True, text=True
    )
    return int(done.stdout)


def test_memory_stays_flat(acme: Reseller, ann: User, ask: Ask, launch: Launcher) -> None:
    many_orders(acme, 100_000)
    small = peak_of_writing(ask(ann, query="order_number=2000000001"), launch)
    large = peak_of_writing(export := ask(ann), launch)
    export.refresh_from_db()
    assert export.rows == 100_000
    assert export.size is not None
    assert export.size > 8_000_000
    assert large - small < 4_000


def test_who_may_no_longer_export_it_gets_no_file(
    acme: Reseller, ann: User, ask: Ask, exports_folder: Path
) -> None:
    export = ask(ann, "license-keys")
    User.objects.filter(pk=ann.pk).update(role="viewer")
    writing.write(export.pk)
    export.refresh_from_db()
    assert (export.state, export.file) == ("failed", "")
    assert "may no longer export" in export.reason


def test_a_disk_that_cannot_be_written_is_tried_again_and_says_so(
    acme: Reseller, ann: User, ask: Ask, exports_folder: Path
) -> None:
    exports_folder.write_text("a file where the folder should be")
    export = ask(ann)
    writing.write(export.pk)
    export.refresh_from_db()
    assert (export.state, export.attempts) == ("queued", 1)
    assert export.reason == "The file could not be written to the disk."
