"""The whole portal on one machine: what `make run` starts, and in which order."""

import http.client
import os
import shlex
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

from reseller_portal.supervisor.children import Child, stop
from reseller_portal.supervisor.console import say
from reseller_portal.supervisor.problems import CannotRunError, StopRequested
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
        with listening(self.port) as listener:
            servers = Servers(self.state, throwaway=False)
            variables = variables_for(self.state, servers.urls, self.port)
            os.environ.update(variables)
            processes = self._processes(listener.fileno())
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
        web = processes[-1]
        for child in reversed(processes):
            child.start()
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


def listening(port: int) -> socket.socket:
    """Return a socket that listens on the port; raise CannotRunError if something else does.

    Taken before anything is started, and handed to the web process and to its successors.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(512)
    except OSError as error:
        listener.close()
        raise CannotRunError(
            f"Port {port} cannot be used ({error.strerror}). Stop what uses it, or choose another: "
            "`make run PORT=8001`."
        ) from None
    return listener


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
