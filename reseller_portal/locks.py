"""What only one process does at a time: a lock that has no row."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

WAIT = "SELECT true FROM pg_advisory_lock(hashtextextended(%s, 0))"
TRY = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
UNLOCK = "SELECT pg_advisory_unlock(hashtextextended(%s, 0))"


@contextmanager
def alone(name: str, *, wait: bool) -> Iterator[bool]:
    """Hold the lock of a name; yield False if another holds it, unless to `wait` for its end.

    It is the connection's, not the transaction's: it ends with a process that dies.
    """
    with connection.cursor() as cursor:
        cursor.execute(WAIT if wait else TRY, [name])
        held = bool(cursor.fetchone()[0])
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute(UNLOCK, [name])
