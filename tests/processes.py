"""The portal's other processes, for tests: a broker of one's own, workers, scheduler, web, mail.

They use the tests' database, so a test that starts them needs `django_db(transaction=True)`.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

from reseller_portal.celery import app
from reseller_portal.supervisor.binaries import valkey_program
from reseller_portal.wake import bell
from tests.exports_folder import stored_in
from tests.mailserver import MailServer

PROJECT = Path(__file__).resolve().parents[1]


def eventually(condition: Callable[[], Any], seconds: float = 20) -> Any:
    """Wait until the condition is true, and return what it returned; fail after some seconds."""
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < deadline, "It did not happen."
        time.sleep(0.05)
    return result


class Process:
    """A program that runs until it is stopped, with what it wrote."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                cwd=PROJECT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    @property
    def running(self) -> bool:
        """Say whether it has not ended."""
        return self._process.poll() is None

    def send(self, number: signal.Signals) -> None:
        """Send a signal to it and all its children."""
        os.killpg(self._process.pid, number)

    def kill(self) -> None:
        """End it and all its children at once, as a crash of the machine would."""
        with suppress(ProcessLookupError):
            self.send(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Ask it to end, wait a little, then end it."""
        if self.running:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(10)
        self.kill()


class Valkey:
    """A broker of one's own, to be stopped, frozen and emptied."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.socket = folder, folder / "valkey.sock"
        self._process: Process | None = None

    @property
    def url(self) -> str:
        """Return the REDIS_URL."""
        return f"redis+socket://{self.socket}?virtual_host=0"

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        command = [str(valkey_program()), "--port", "0", "--unixsocket", str(self.socket)]
        command += ["--dir", str(self._folder), "--save", ""]
        self._process = Process(command, dict(os.environ), self._folder / "valkey.log")
        eventually(lambda: self.socket.exists() and self.ask("PING") == "+PONG")

    def stop(self) -> None:
        """Stop it; what it held is gone."""
        if self._process is not None:
            self.thaw()
            self._process.kill()
            self.socket.unlink(missing_ok=True)

    def freeze(self) -> None:
        """Let it hang: connections are accepted and never answered."""
        if self._process is not None:
            self._process.send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        if self._process is not None and self._process.running:
            self._process.send(signal.SIGCONT)

    def ask(self, *words: str) -> str:
        """Send a command and return the first line of the answer."""
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(2)
            try:
                link.connect(str(self.socket))
            except OSError:
                return ""
            link.sendall(" ".join(words).encode() + b"\r\n")
            return link.recv(200).decode().partition("\r\n")[0]


@pytest.fixture
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """A running broker of one's own, which this process wakes workers by."""
    server = Valkey(tmp_path_factory.mktemp("v"))
    server.start()
    before = app.conf.broker_url
    _use_broker(server.url)
    yield server
    _use_broker(before)
    server.stop()


def _use_broker(url: str) -> None:
    app.conf.update(broker_url=url)
    celery: Any = app
    celery._after_fork()  # lets go of the connections to the one before
    bell._silent_until = 0.0


@pytest.fixture
def mailserver(settings: Any) -> Iterator[MailServer]:
    """A running SMTP server, to which this process sends, too."""
    server = MailServer()
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_TIMEOUT = 1
    yield server
    server.stop()


@pytest.fixture
def exports_folder(tmp_path: Path, settings: Any) -> Path:
    """An empty folder for the files of exports, of this process and of those that are started."""
    folder = tmp_path / "exports"
    settings.EXPORTS_FOLDER = folder
    settings.STORAGES = stored_in(folder, settings.STORAGES)
    return folder


class Launcher:
    """Starts processes of the portal; keyword arguments are settings: `worker(JOB_ATTEMPTS=1)`."""

    def __init__(self, folder: Path, exports: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.worker_settings",
            "DATABASE_URL": database_url(),
            "PORTAL_STATE": str(folder),
        }
        self.settings: dict[str, Any] = {"EXPORTS_FOLDER": str(exports), "EMAIL_TIMEOUT": 2}
        self.started: list[Process] = []

    def worker(self, **settings: Any) -> Process:
        """Start a worker with two children."""
        options = ["--concurrency", "2", "--without-gossip", "--without-mingle"]
        return self._celery(["worker", *options], settings)

    def scheduler(self, **settings: Any) -> Process:
        """Start the scheduler."""
        return self._celery(["beat", "--pidfile", ""], settings)

    def web(self, port: int, **settings: Any) -> Process:
        """Start a web server, and wait until it answers."""
        command = ["gunicorn", "reseller_portal.wsgi", "--bind", f"127.0.0.1:{port}"]
        command += ["--workers", "1", "--worker-class", "gthread", "--threads", "4"]
        process = self._start([*command, "--no-control-socket"], settings)
        eventually(lambda: status_of(f"http://127.0.0.1:{port}/healthz/") == 200)
        return process

    def _celery(self, arguments: list[str], settings: dict[str, Any]) -> Process:
        return self._start(["celery", "--quiet", "--app", "reseller_portal", *arguments], settings)

    def _start(self, module: list[str], settings: dict[str, Any]) -> Process:
        changes = {"TEST_SETTINGS": json.dumps({**self.settings, **settings})}
        log = self.folder / f"{module[0]}-{len(self.started)}.log"
        command = [sys.executable, "-W", "ignore", "-m", *module]
        process = Process(command, {**self.environment, **changes}, log)
        self.started.append(process)
        return process

    def logs(self) -> str:
        """Return everything that the started processes wrote."""
        return "".join(path.read_text() for path in sorted(self.folder.glob("*.log")))


@pytest.fixture
def launch(
    tmp_path: Path, exports_folder: Path, valkey: Valkey, mailserver: MailServer
) -> Iterator[Launcher]:
    """Start processes that share this test's database, broker, mail server and export files."""
    launcher = Launcher(tmp_path, exports_folder)
    launcher.environment |= {"REDIS_URL": valkey.url, "EMAIL_URL": mailserver.url}
    yield launcher
    for process in launcher.started:
        process.kill()


def database_url() -> str:
    """Return the DATABASE_URL of the tests' own database."""
    given = connection.settings_dict
    who = f"{quote(given['USER'], safe='')}:{quote(given['PASSWORD'], safe='')}"
    where = quote(given["HOST"], safe="") + (f":{given['PORT']}" if given["PORT"] else "")
    return f"postgres://{who}@{where}/{given['NAME']}"


def status_of(address: str) -> int:
    """Return the status of an answer, 0 when there is none."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 (http)
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return 0
