"""The bench's own databases, beside the one that the environment names: that one is not touched."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection
from psycopg2.sql import SQL, Identifier

PREFIX = "bench_"
EMPTY = "empty"


def make_empty(name: str = EMPTY) -> None:
    """Make a database with tables and without rows: the one from which the others are copied."""
    _run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    _run("CREATE DATABASE {}", name)
    with used(name):
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)


def make(name: str) -> None:
    """Make a database without rows; one of an earlier run with this name is dropped."""
    _run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    _run("CREATE DATABASE {} TEMPLATE {}", name, EMPTY)


def is_there(name: str) -> bool:
    """Say whether an earlier run left a database of this name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)", [PREFIX + name]
        )
        return bool(cursor.fetchone()[0])


def bring_up_to_date(name: str) -> None:
    """Give a database of an earlier run the tables of today."""
    with used(name):
        call_command("migrate", interactive=False, verbosity=0)


def drop(name: str) -> None:
    """Give its room back."""
    _run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@contextmanager
def used(name: str) -> Iterator[None]:
    """Let everything within the block work on one of the bench's databases."""
    before = connection.settings_dict["NAME"]
    _switch(PREFIX + name)
    try:
        yield
    finally:
        _switch(before)


def _switch(database: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = database


def _run(statement: str, *names: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SQL(statement).format(*(Identifier(PREFIX + name) for name in names)))
