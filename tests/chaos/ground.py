"""The processes of one run, each of which can be killed, frozen and started again."""

import json
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from reseller_portal.supervisor.children import Child, stop
from reseller_portal.supervisor.portal import answers
from reseller_portal.supervisor.postgres import Postgres
from reseller_portal.supervisor.state import State
from reseller_portal.supervisor.valkey import Valkey
from reseller_portal.supervisor.variables import variables_for
from tests.chaos.post import PostOffice
from tests.gateway import Gateway
from tests.mailserver import free_port

# Timings are shortened, so that hours become seconds; the conduct is the same. A row is tried more
# often than usual, because faults come so much more often than usual.
SHORT: dict[str, Any] = {
    "JOB_ATTEMPTS": 40,
    "JOB_BACK_OFF_SECONDS": [1, 2, 4, 6],
    "JOB_LEASE_SECONDS": 10,
    "JOB_SWEEP_SECONDS": 5,
    "SWEEP_EVERY_SECONDS": 4,
    "RENEW_EVERY_SECONDS": 6,
    "NOTICES_EVERY_SECONDS": 15,
    "CLEAN_UP_EVERY_SECONDS": 30,
    "BEAT_EVERY_SECONDS": 3,
    "EMAIL_TIMEOUT": 4,
    "STRIPE_TIMEOUT_SECONDS": [1, 3],
    "CARD_LEASE_SECONDS": 8,
    "CARD_CHECK_SECONDS": [2] * 200,
}
WRITTEN = ("postgres", "postgres.new", "valkey", "gateway", "exports", "exports.aside")
PATIENCE = 180.0  # of a busy machine
WEB_WORKERS, WORKERS, CHILDREN, SCHEDULERS = 2, 2, 2, 2


class OwnGateway(Gateway):
    """The test gateway as a child that does not outlive this process."""

    child: Child

    def start(self) -> None:
        """Start it with all that it knew, and wait until it answers."""
        self.child.start()
        self.child.wait_until(self._is_up)

    def _is_up(self) -> bool:
        try:
            return bool(self.ask("GET", "health"))
        except OSError:
            return False

    def kill(self) -> None:
        """End it at once."""
        end(self.child)


class Ground:
    """All processes of a run, on one state folder."""

    def __init__(self, state: State) -> None:
        self.state, self.port = state, free_port()
        self.exports = state.root / "exports"
        self.postgres, self.valkey = Postgres(state, throwaway=False), Valkey(state)
        self.mail = PostOffice()
        self.gateway = OwnGateway(state.root / "gateway")
        self.gateway.child = self._gateway()
        self.web = self._python("web", "gunicorn")
        celery = ["celery", "--quiet", "--app", "reseller_portal"]
        options = ["--concurrency", str(CHILDREN), "--without-gossip", "--without-mingle"]
        self.workers = [
            self._python(f"worker-{at}", *celery, "worker", *options, "--hostname", f"w{at}@chaos")
            for at in range(WORKERS)
        ]
        self.schedulers = [
            self._python(f"scheduler-{at}", *celery, "beat", "--pidfile", "")
            for at in range(SCHEDULERS)
        ]

    @property
    def processes(self) -> list[Child]:
        """Return the portal's own processes, those first that are stopped first."""
        return [*self.schedulers, *self.workers, self.web]

    @contextmanager
    def servers(self) -> Iterator[None]:
        """Run what the portal stands on; this process is told where, as all others are."""
        self.mail.start()
        own = (self.valkey.server, self.postgres.server, self.postgres.creation)
        try:
            for part in (self.valkey, self.postgres):
                part.begin()
            self.gateway.start()
            for part in (self.valkey, self.postgres):
                part.finish()
            os.environ.update(self._variables())
            self.gateway.webhooks(url=f"http://127.0.0.1:{self.port}/webhooks/stripe/")
            yield
        finally:
            stop([self.gateway.child])
            for child in own:
                stop([child])
            self.mail.stop()
            self.state.forget()

    @contextmanager
    def portal(self) -> Iterator[None]:
        """Run the portal itself."""
        try:
            self.web.start()
            self.web.wait_until(self.answers, PATIENCE)
            for child in (*self.workers, *self.schedulers):
                child.start()
            yield
        finally:
            for child in self.processes:
                if child.running:
                    freeze(child, frozen=False)
            stop(self.processes)

    def answers(self) -> bool:
        """Say whether the web server is up."""
        return answers(self.port, "/healthz/")

    def logs(self) -> list[Path]:
        """Return every log that was written."""
        return sorted((self.state.root / "log").glob("*.log*"))

    def _variables(self) -> dict[str, str]:
        urls = {
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.valkey.url,
            "EMAIL_URL": self.mail.url,
            **self.gateway.environment,
        }
        return {
            **variables_for(self.state, urls, self.port),
            "DJANGO_SETTINGS_MODULE": "tests.worker_settings",
            "TEST_SETTINGS": json.dumps({**SHORT, "EXPORTS_FOLDER": str(self.exports)}),
            "BIND": f"127.0.0.1:{self.port}",
            "WEB_CONCURRENCY": str(WEB_WORKERS),
        }

    def _python(self, name: str, *module: str) -> Child:
        # -B: of a compiled module, too, a full disk would keep the beginning.
        command = [sys.executable, "-B", "-W", "ignore", "-m", *module]
        return Child(name, command, log=self.state.log(name), patience=10)

    def _gateway(self) -> Child:
        where = ["--state", str(self.gateway.folder), "--port", str(self.gateway.port)]
        child = self._python("gateway", "reseller_portal.fake_gateway", *where)
        child.environment = self.gateway.environment
        return child


@contextmanager
def ground_in(folder: Path) -> Iterator[Ground]:
    """Give the ground of a run that begins with nothing."""
    state = State(folder)
    with state.claimed("make chaos"):
        for name in WRITTEN:
            _remove(state.root / name)
        for log in (state.root / "log").iterdir():
            log.unlink()
        yield Ground(state)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def end(child: Child) -> None:
    """Kill a process and all its children with -9."""
    if child.process is not None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.process.wait()


def freeze(child: Child, *, frozen: bool) -> None:
    """Let a process and its children stand still, or go on."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGSTOP if frozen else signal.SIGCONT)
