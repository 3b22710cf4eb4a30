"""The portal's other processes, for tests: a broker of one's own, workers, scheduler, web, mail.

They use the tests' database, so a test that starts them needs `django_db(transaction=True)`.
"""

import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.db import connection

from reseller_portal.celery import app
from reseller_portal.wake import bell
from tests.broker import Valkey
from tests.exports_folder import stored_in
from tests.mailserver import MailServer
from tests.programs import Process, eventually

__all__ = ["Launcher", "Process", "Valkey", "eventually", "status_of"]


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

    def worker(self, children: int = 2, **settings: Any) -> Process:
        """Start a worker with some children."""
        options = ["--concurrency", str(children), "--without-gossip", "--without-mingle"]
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
    cache.clear()  # its table is no model's, so that no test's end empties it


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
