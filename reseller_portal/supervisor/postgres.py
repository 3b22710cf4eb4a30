"""PostgreSQL in the state folder, reached by a socket with a random password."""

import os
import shutil
import signal
from pathlib import Path
from urllib.parse import quote

from reseller_portal.supervisor.account import account_for
from reseller_portal.supervisor.binaries import postgres_program
from reseller_portal.supervisor.children import Child
from reseller_portal.supervisor.problems import CannotRunError
from reseller_portal.supervisor.state import State, write_private

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "max_wal_size": "2GB",
    "shared_buffers": "256MB",
    # Errors quote rows and statements, and these hold activation codes, which no log may.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
THROWAWAY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class Server(Child):
    """The server process; the pid file of one that was killed does not keep it from starting."""

    data: Path

    def start(self) -> None:
        """Start it, telling it the pid in a stale file, so that it takes a namesake for harmless.

        Raises CannotRunError when that process is really PostgreSQL on this data.
        """
        stale = _pid_in(self.data)
        command = Path(f"/proc/{stale}/cmdline")
        if command.exists() and os.fsencode(self.data) in command.read_bytes():
            raise CannotRunError(
                f"PostgreSQL of an earlier start still runs on {self.data}; stop it with "
                f"`kill -INT {stale}`."
            )
        self.environment = {**self.environment, "PG_GRANDPARENT_PID": str(stale)}
        super().start()

    @property
    def ready(self) -> bool:
        """Say whether its own status line, the eighth of its pid file, says so."""
        lines = _pid_file(self.data)
        return len(lines) > 7 and lines[7].strip() == "ready" and _pid_in(self.data) == self.pid


class Postgres:
    """The cluster of one state folder. With `throwaway` it trades safety in a crash for speed."""

    def __init__(self, state: State, *, throwaway: bool) -> None:
        self.data = state.root / "postgres"
        self.socket = state.sockets / "postgres"
        self.password = state.secret("postgres-password")
        self.account = account_for(postgres_program("postgres"), state.root)
        settings = {**SETTINGS, **(THROWAWAY if throwaway else {})}
        self.server = Server(
            "PostgreSQL",
            [str(postgres_program("postgres")), "-D", str(self.data), "-k", str(self.socket)]
            + [f"--{name}={value}" for name, value in settings.items()],
            log=state.log("postgres"),
            stop_signal=signal.SIGINT,
            patience=10,
            account=self.account,
        )
        self.server.data = self.data
        self.creation = self._creation(state.log("initdb"))

    @property
    def url(self) -> str:
        """Return the DATABASE_URL; the socket's folder is its host."""
        return f"postgres://portal:{self.password}@{quote(str(self.socket), safe='')}/postgres"

    def begin(self) -> None:
        """Start the server, or the creation of its cluster when there is none yet."""
        self.socket.mkdir(mode=0o700, exist_ok=True)
        self.account.take(self.socket)
        if self.data.is_dir():
            self.account.take(self.data)
            self.server.start()
            return
        write_private(self.socket / "password", self.password)
        self.account.take(self.socket / "password")
        shutil.rmtree(self.new, ignore_errors=True)
        self.new.mkdir(mode=0o700)
        self.account.take(self.new)
        self.creation.start()

    def finish(self) -> None:
        """Wait until the server takes connections. Raises CannotRunError with its last lines."""
        if self.creation.pid:
            self.creation.finish()
            (self.socket / "password").unlink()
            self.new.rename(self.data)
            self.server.start()
        self.server.wait_until(lambda: self.server.ready)

    @property
    def new(self) -> Path:
        """Return where a cluster is created, so that half of one is never taken for whole."""
        return self.data.with_name("postgres.new")

    def _creation(self, log: Path) -> Child:
        options = ["--encoding=UTF8", "--locale=C.UTF-8", "--username=portal", "--no-sync"]
        options += ["--auth=scram-sha-256", f"--pwfile={self.socket / 'password'}"]
        command = [str(postgres_program("initdb")), "-D", str(self.new), *options]
        return Child("initdb", command, log=log, account=self.account)


def _pid_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except OSError:  # none yet, or not ours to read until the server has made it
        return []


def _pid_in(data: Path) -> int:
    lines = _pid_file(data)
    return int(lines[0]) if lines and lines[0].strip().isdigit() else 0
