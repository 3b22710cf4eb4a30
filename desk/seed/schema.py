"""Loading without indexes: dropped before, made again after, in the same transaction."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db.backends.utils import CursorWrapper

FOREIGN_KEYS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
FROM pg_constraint
WHERE contype = 'f' AND conparentid = 0
    AND (conrelid = ANY(%(tables)s::regclass[]) OR confrelid = ANY(%(tables)s::regclass[]))
ORDER BY 1, 2
"""
OTHER_CONSTRAINTS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
FROM pg_constraint
WHERE contype IN ('u', 'x') AND conrelid = ANY(%(tables)s::regclass[])
ORDER BY 1, 2
"""
INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
FROM pg_index
WHERE indrelid = ANY(%(tables)s::regclass[]) AND NOT indisprimary
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('u', 'x'))
ORDER BY 1
"""


@contextmanager
def without_indexes(cursor: CursorWrapper, tables: Sequence[str]) -> Iterator[None]:
    """Drop the tables' indexes, foreign and unique keys, and make the same ones again afterwards.

    Primary keys and checks stay. Everything is read from the catalog and checked against all rows
    when it is made again. Needs the caller's transaction, and the ownership of the tables.
    """
    parameters = {"tables": list(tables)}
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    foreign_keys = _rows(cursor, FOREIGN_KEYS, parameters)
    others = _rows(cursor, OTHER_CONSTRAINTS, parameters)
    indexes = _rows(cursor, INDEXES, parameters)
    for table, name, _ in (*foreign_keys, *others):
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _, definition in indexes:
        cursor.execute(definition)
    for table, name, definition in (*others, *foreign_keys):
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _rows(
    cursor: CursorWrapper, query: str, parameters: dict[str, list[str]]
) -> list[tuple[str, ...]]:
    cursor.execute(query, parameters)
    return list(cursor.fetchall())
