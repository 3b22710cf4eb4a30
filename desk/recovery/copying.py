"""Writing a copy of the database to a file, while the portal works."""

import os
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session

from desk.recovery.programs import RecoveryError, database, running


def back_up(file: Path) -> int:
    """Write one consistent snapshot; returns how many bytes. Codes are in it: the owner reads it.

    Sessions and the cache stay out: a session that ended after the copy must not live again, and
    limits begin anew. Raises RecoveryError; then there is no file.
    """
    if file.exists():
        raise RecoveryError(f"{file} is there already. Name another file.")
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        private = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(private, "wb") as written:
            _dump(written.fileno())
            os.fsync(written.fileno())
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)
    return file.stat().st_size


def _dump(to: int) -> None:
    left_out = (Session._meta.db_table, settings.CACHES["default"]["LOCATION"])
    options = ["--format=custom", "--no-owner", "--no-privileges"]
    options += [f"--exclude-table-data=public.{table}" for table in left_out]
    with running("pg_dump", *options, f"--dbname={database()}", to=to):
        pass
