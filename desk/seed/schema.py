"""Loading without indexes: dropped before, made again after, in the same transaction."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from django.db import transaction
from django.db.backends.utils import CursorWrapper

# Constraints come with the statement that adds them, indexes with the one that makes them; foreign
# keys last, because they need the unique keys of other tables.
PARTS = """
SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(conname),
    'ALTER TABLE ' || conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(conname) || ' '
        || pg_get_constraintdef(oid),
    contype = 'f' AS is_foreign
FROM pg_constraint
WHERE conrelid = ANY(%(tables)s::regclass[]) AND contype IN ('u', 'x', 'f')
    OR confrelid = ANY(%(tables)s::regclass[]) AND contype = 'f'
UNION ALL
SELECT 'DROP INDEX ' || indexrelid::regclass, pg_get_indexdef(indexrelid), false
FROM pg_index
WHERE indrelid = ANY(%(tables)s::regclass[]) AND NOT indisprimary
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('u', 'x'))
ORDER BY is_foreign, 2
"""


class Part(NamedTuple):
    """An index or key: how to drop it, and how to make the same one again."""

    drop: str
    make: str
    is_foreign: bool


@contextmanager
def without_indexes(cursor: CursorWrapper, tables: Sequence[str]) -> Iterator[None]:
    """Drop the indexes, foreign and unique keys of empty tables, and make them again afterwards.

    Primary keys and checks stay, and so does an index that PostgreSQL would word differently when
    it is made again. Needs the caller's transaction, and the ownership of the tables.
    """
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    parts = _parts(cursor, tables)
    dropped = [part for part in parts if part.is_foreign]
    for part in dropped:
        cursor.execute(part.drop)
    for part in parts:
        if not part.is_foreign and _comes_back_the_same(cursor, part, tables):
            dropped.append(part)
            cursor.execute(part.drop)
    yield
    for part in sorted(dropped, key=lambda part: part.is_foreign):
        cursor.execute(part.make)


def _parts(cursor: CursorWrapper, tables: Sequence[str]) -> list[Part]:
    cursor.execute(PARTS, {"tables": list(tables)})
    return [Part(*row) for row in cursor.fetchall()]


def _comes_back_the_same(cursor: CursorWrapper, part: Part, tables: Sequence[str]) -> bool:
    """Try it: `x IN (…)` as a condition of an index is written down in two ways by turns."""
    with transaction.atomic():
        cursor.execute(part.drop)
        cursor.execute(part.make)
        same = part in _parts(cursor, tables)
        transaction.set_rollback(not same)
    return same
