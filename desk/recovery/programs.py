"""PostgreSQL's own programs, and how they reach the portal's database."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.db import connection
from psycopg2.extensions import make_dsn

from reseller_portal.supervisor.binaries import postgres_program
from reseller_portal.supervisor.problems import CannotRunError

Stream = int | IO[bytes] | None


class RecoveryError(Exception):
    """It was not done. The text says why, and what to do."""


@contextmanager
def running(
    program: str, *options: str, source: Stream = None, to: Stream = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program of PostgreSQL's beside the block, and to its end after it.

    If the block fails the program is killed, before it takes the end of its input for the end.
    Raises RecoveryError with its last words if it fails, or is not installed.
    """
    command = [_path(program), *options]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, stdin=source, stdout=to, stderr=said, env=_environment()
        )
        with process:
            try:
                yield process
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            said.seek(0)
            raise RecoveryError(_last_words(said.read()) or f"{program} failed.")


def database() -> str:
    """Return how the database is reached, without the password: others can read command lines."""
    return str(make_dsn(**{name: value for name, value in _known() if name != "password"}))


def _known() -> list[tuple[str, str]]:
    known = connection.get_connection_params().items()
    return [(name, str(value)) for name, value in known if isinstance(value, str | int)]


def _environment() -> dict[str, str]:
    password = dict(_known()).get("password")
    return {**os.environ, **({"PGPASSWORD": password} if password else {})}


def _path(program: str) -> str:
    try:
        return str(postgres_program(program))
    except CannotRunError:
        path = shutil.which(program)
    if path is None:
        raise RecoveryError(
            f"{program} is missing. Install PostgreSQL's client programs, of the server's version."
        )
    return path


def _last_words(said: bytes) -> str:
    return "\n".join(said.decode(errors="replace").strip().splitlines()[-3:])
