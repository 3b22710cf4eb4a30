"""Two people at once, on the real database: each in a thread and a connection of their own."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Barrier
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, QuerySet

PATIENCE = 60.0


def both_at_once(*deeds: Callable[[], Any], about_to_change: type[Model]) -> list[Any]:
    """Run deeds until each either waits for the other or is about to change a row, then let go.

    Meanwhile the table can be read and its rows locked, but not changed, so that deeds without a
    lock of their own have all looked before the first one leaps. Returns what each returned, or the
    exception that it raised.
    """
    with meanwhile(*deeds) as running, transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(f'LOCK TABLE "{about_to_change._meta.db_table}" IN SHARE MODE')
        futures = running()
        wait_for(len(deeds))
    return [outcome(future) for future in futures]


def in_turn(
    first: Callable[[], Any], second: Callable[[], Any], *, hold: Callable[[], Any]
) -> list[Any]:
    """Stop a deed half-way, start the second one meanwhile, then let go of both.

    `hold` changes what the first one needs; that is undone once both wait, or the second is done.
    """
    with ThreadPoolExecutor(2) as pool, transaction.atomic(durable=True):
        hold()
        futures = [pool.submit(_alone, first)]
        wait_for(1, unless=futures[0].done)
        futures.append(pool.submit(_alone, second))
        wait_for(2, unless=futures[1].done)
        transaction.set_rollback(True)
    return [outcome(future) for future in futures]


def during(change: Callable[[], Any], deed: Callable[[], Any]) -> Any:
    """Do a deed to its end while a change is made but not committed; it must not wait for that."""
    with meanwhile(deed) as running, transaction.atomic(durable=True):
        change()
        [future] = running()
        return outcome(future)


def all_at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Run deeds at once, as many threads as deeds, and return what each returned, or raised."""
    ready = Barrier(len(deeds), timeout=PATIENCE)

    def start(deed: Callable[[], Any]) -> Any:
        connection.ensure_connection()
        ready.wait()
        return deed()

    with meanwhile(*(partial(start, deed) for deed in deeds)) as running:
        futures = running()
    return [outcome(future) for future in futures]


def after(change: Callable[[], Any], deed: Callable[[], Any]) -> Any:
    """Start a deed once a change is made but not committed; commit when it waits or is done.

    Returns what the deed returned, or the exception that it raised.
    """
    with meanwhile(deed) as running, transaction.atomic(durable=True):
        change()
        [future] = running()
        wait_for(1, unless=future.done)
    return outcome(future)


@contextmanager
def meanwhile(*deeds: Callable[[], Any]) -> Iterator[Callable[[], list["Future[Any]"]]]:
    """Hand out a function that starts the deeds, and wait for them in the end."""
    with ThreadPoolExecutor(len(deeds)) as pool:
        yield lambda: [pool.submit(_alone, deed) for deed in deeds]


def wait_for(count: int, *, unless: Callable[[], bool] = lambda: False) -> None:
    """Return once that many connections to this database wait for a lock, or there is no need."""
    deadline = time.monotonic() + PATIENCE
    while waiting() < count and not unless():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{waiting()} of {count} wait for a lock")
        time.sleep(0.02)


def waiting() -> int:
    """Return how many connections to this database wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


def outcome(future: "Future[Any]") -> Any:
    """Return what a deed returned, or the exception that it raised."""
    return future.exception(PATIENCE) or future.result()


def without_locks(queryset: QuerySet[Any], **_options: Any) -> QuerySet[Any]:
    """Stand in for `select_for_update`, in the twin of a test, to show that the test needs it."""
    return queryset


def _alone(deed: Callable[[], Any]) -> Any:
    try:
        return deed()
    finally:
        connection.close()
