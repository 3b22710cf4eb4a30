"""The whole portal on one machine: what `make run` starts, and in which order."""

import http.client
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

from reseller_portal.supervisor.children import Child, stop
from reseller_portal.supervisor.console import say
from reseller_portal.supervisor.gateway import gateway_beside
from reseller_portal.supervisor.ports import listening
from reseller_portal.supervisor.problems import StopRequested
from reseller_portal.supervisor.servers import Servers
from reseller_portal.supervisor.state import State
from reseller_portal.supervisor.variables import variables_for
from reseller_portal.supervisor.watch import Watch

SMALL_SEED = "--resellers 3 --orders 400 --licenses-per-order 5 --seed 1"
WELCOME = """
The portal is at {address}

  Sample logins, password reseller-demo
    alice@acme.example       administrator at Acme
    ann@acme.example         agent at Acme
    bob@acme.example         viewer at Acme
    charlie@globex.example   administrator at Globex
    sam@vendor.example       vendor staff, {address}admin/

  Mails lie in {state}/mail, logs in {state}/log.
  Ctrl-C stops everything.
"""


@dataclass(frozen=True)
class Portal:
    """One portal: where its state lies, which port it serves, what it is seeded with."""

    state: State
    port: int
    seed: str

    @property
    def address(self) -> str:
        """Return the address of the first page."""
        return f"http://127.0.0.1:{self.port}/"

    def keep(self, report: Callable[[Mapping[str, str]], None]) -> None:
        """Start everything, report the variables, and keep it running until a signal says stop.

        Raises CannotRunError when a part does not come up.
        """
        with listening(self.port) as listener, gateway_beside(self.state, self.port) as gateway:
            servers = Servers(self.state, throwaway=False)
            own = {**servers.urls, **(gateway.variables if gateway else {})}
            variables = variables_for(self.state, own, self.port)
            os.environ.update(variables)
            processes = self._processes(listener.fileno())
            processes += [gateway.server] if gateway else []
            with servers.begun(), stopped_at_the_end(processes):
                self._prepare(servers)
                self._bring_up(processes)
                self.state.write_env(variables)
                say(WELCOME.format(address=self.address, state=self.state.root))
                report(variables)
                Watch([*servers.children, *processes]).forever()

    def _prepare(self, servers: Servers) -> None:
        seed = shlex.split(self.seed or SMALL_SEED)
        static = self._python("Static files", "manage.py", "collectstatic", "--noinput", "-v0")
        data = self._python("Database", "-m", "reseller_portal.supervisor.prepare", *seed)
        say("Starting the servers and preparing the database …")
        try:
            static.start()
            servers.finish()
            data.start()
            data.finish()
            static.finish()
        finally:
            stop([static, data])

    def _processes(self, listener: int) -> list[Child]:
        gunicorn = ["gunicorn", "--bind", f"fd://{listener}", "--graceful-timeout", "2"]
        celery = ["celery", "--quiet", "--app", "reseller_portal"]
        worker = [*celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle"]
        schedule = str(self.state.root / "celerybeat-schedule")
        return [
            self._python("Scheduler", "-m", *celery, "beat", "--schedule", schedule),
            self._python("Worker", "-m", *worker),
            self._python("Web", "-m", *gunicorn, descriptors=(listener,)),
        ]

    def _python(self, name: str, *arguments: str, descriptors: tuple[int, ...] = ()) -> Child:
        log = self.state.log(name.lower().replace(" ", "-"))
        return Child(name, [sys.executable, *arguments], log=log, descriptors=descriptors)

    def _bring_up(self, processes: list[Child]) -> None:
        for child in reversed(processes):
            child.start()
        (web,) = (child for child in processes if child.name == "Web")
        web.wait_until(lambda: answers(self.port, "/healthz/"))


@contextmanager
def stopped_at_the_end(processes: list[Child]) -> Iterator[None]:
    """Stop them, whatever happens inside; say so when it was a person's wish."""
    try:
        yield
    except StopRequested:
        say("Stopping …")
        raise
    finally:
        stop(processes)


def answers(port: int, path: str) -> bool:
    """Say whether the web process answers, and not with an error of its own (status 5xx)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
