"""One moment of the database, on a connection of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper

from exports.csv import days_of
from resellers.models import Reseller

BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


@dataclass(frozen=True)
class Snapshot:
    """A cursor in a read-only transaction; `cancel` may be called from another thread."""

    cursor: CursorWrapper
    cancel: Callable[[], None]


@contextmanager
def snapshot(reseller: Reseller) -> Iterator[Snapshot]:
    """Give one consistent moment, with the reseller's days, for as long as the block runs.

    The connection is not Django's current one, so that progress can be committed meanwhile.
    """
    link = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        with link.cursor() as cursor:
            cursor.execute(BEGIN)
            raw: Any = link.connection
            with days_of(reseller, cursor):
                yield Snapshot(cursor, raw.cancel)
    finally:
        link.close()
