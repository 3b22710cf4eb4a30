"""Putting a copy in the place of all that is in the database: whole, or not at all."""

import subprocess
from datetime import datetime
from pathlib import Path
from typing import IO, cast

from django.core.management import call_command
from django.db import connection

from desk.recovery.programs import RecoveryError, database, running
from exports.cleaning import forget_missing

OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend'
"""
EMPTIED = b"""
    BEGIN;
    SET LOCAL lock_timeout = '10s';
    SET LOCAL client_min_messages = warning;
    DROP SCHEMA public CASCADE;
    CREATE SCHEMA public;
"""


def restore(file: Path, now: datetime) -> None:
    """Replace everything in one transaction, then bring it up to this release.

    What is under way in it goes on by itself: jobs when their leases run out, payments by their
    schedule. Triggers and foreign keys are created after the rows that they would refuse or check.
    Raises RecoveryError; then everything is as it was.
    """
    _check(file)
    connection.close()
    with running(
        "psql",
        *("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={database()}"),
        source=subprocess.PIPE,
        to=subprocess.DEVNULL,
    ) as psql:
        _feed(psql, file)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    forget_missing(now)


def _check(file: Path) -> None:
    if not file.is_file():
        raise RecoveryError(f"{file} is no file.")
    with running("pg_restore", "--list", str(file), to=subprocess.DEVNULL):
        pass
    with connection.cursor() as cursor:
        cursor.execute(OTHERS)
        (others,) = cursor.fetchone()
    if others:
        raise RecoveryError(
            f"{others} others are connected to the database. Stop web, workers and scheduler first."
        )


def _feed(psql: "subprocess.Popen[bytes]", file: Path) -> None:
    """Send the copy as SQL; the COMMIT only after all of it."""
    into = cast("IO[bytes]", psql.stdin)
    options = ("--no-owner", "--no-privileges", "--file=-", str(file))
    try:
        into.write(EMPTIED)
        into.flush()
        with running("pg_restore", *options, to=into):
            pass
        into.write(b"\nCOMMIT;\n")
        into.close()
    except (BrokenPipeError, RecoveryError):
        if not _ended(psql):
            raise


def _ended(psql: "subprocess.Popen[bytes]") -> bool:
    """Say whether psql broke off, whose own words then tell why."""
    try:
        psql.wait(timeout=2)
    except subprocess.TimeoutExpired:
        return False
    return True
