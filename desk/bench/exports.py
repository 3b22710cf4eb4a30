"""Exports beside PostgreSQL's COPY of the same columns."""

from resource import RUSAGE_SELF, getrusage
from time import sleep
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from desk.bench.crews import FORK
from desk.bench.ground import ALL_DAYS, FULL, Ground, acme, alice
from desk.bench.rows import Figure, row
from desk.bench.statements import statement
from desk.bench.timing import side_by_side, timed
from exports.actions import start
from exports.kinds import kind_named
from exports.models import Export, ExportState
from exports.writing import write
from licenses.models import License


class Nowhere:
    """Takes what COPY writes, and counts the rows."""

    def __init__(self) -> None:
        self.rows = 0

    def write(self, _line: bytes) -> None:
        """Take one row."""
        self.rows += 1


def export_all(kind: str) -> Export:
    """Ask for all rows of the largest company and write them, as a worker does."""
    export = start(kind_named(kind), ALL_DAYS, user=alice(), now=timezone.now())
    write(export.pk)
    export.refresh_from_db()
    if export.state != ExportState.DONE:
        raise ValueError(f"the export came to be {export.state}")
    return export


def copy_all() -> int:
    """Copy the same columns of the same rows to nowhere."""
    nowhere = Nowhere()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('timezone', %s, true)", [acme().time_zone])
        query: Any = cursor.mogrify(statement("license_keys"), {"reseller": acme().pk})
        cursor.copy_expert(b"COPY (" + query + b") TO STDOUT WITH (FORMAT csv)", nowhere)
    return nowhere.rows


@row("license keys exported a second against COPY of the same columns", "x", at_least=0.5, aim=True)
def export_vs_copy(ground: Ground) -> Figure:
    """Write the file as a worker does: count, guard the cells, keep up the lease, put it away."""
    with ground.on(FULL):
        rows = License.objects.for_reseller(acme()).count()
        if copy_all() != export_all("license-keys").rows:
            raise ValueError("the two do not write the same rows")
        deeds = {"export_ms": lambda: export_all("license-keys"), "copy_ms": copy_all}
        taken = side_by_side(deeds, ground.rounds)
    beside = {
        "rows": float(rows),
        "export_rows_per_s": rows / taken["export_ms"] * 1000,
        "copy_rows_per_s": rows / taken["copy_ms"] * 1000,
    }
    return Figure(taken["copy_ms"] / taken["export_ms"], beside)


def resident() -> float:
    """Return the most memory that this process has had, in MB."""
    return getrusage(RUSAGE_SELF).ru_maxrss / 1000


def write_apart(kind: str, found: Any) -> None:
    """Write a small export, then all rows, and tell what the second took of memory beside it."""
    few = start(kind_named(kind), "order_number=1234567890", user=alice(), now=timezone.now())
    write(few.pk)
    before = resident()
    found.put(export_all(kind).rows)
    found.put(resident() - before)
    connection.close()


@row(
    "memory that all license keys take beyond a small export, in the worker",
    "MB",
    at_most=20,
    aim=True,
)
def export_memory_mb(ground: Ground) -> Figure:
    """Write both in a process of its own."""
    with ground.on(FULL):
        connection.close()
        found: Any = FORK.SimpleQueue()
        worker = FORK.Process(target=write_apart, args=("license-keys", found))
        worker.start()
        rows, grown = found.get(), found.get()
        worker.join()
    return Figure(grown, {"rows": float(rows)})


@row("until an export of all license keys shows how far it is", "ms", at_most=1000, aim=True)
def export_first_progress_ms(ground: Ground) -> Figure:
    """Look at its row while another process writes it."""
    with ground.on(FULL):
        export = start(kind_named("license-keys"), ALL_DAYS, user=alice(), now=timezone.now())
        connection.close()
        worker = FORK.Process(target=write, args=(export.pk,))
        with timed() as watch:
            worker.start()
            while export.total is None and worker.is_alive():
                sleep(0.01)
                export.refresh_from_db(fields=["total"])
        worker.join()
    return Figure(watch.seconds * 1000)
