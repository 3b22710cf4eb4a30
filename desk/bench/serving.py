"""The list of orders from gunicorn with two workers, asked by a process of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from statistics import quantiles
from threading import Thread
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection

from desk.bench.crews import FORK
from desk.bench.ground import FULL, MANY, Ground
from desk.bench.pages import FIRST
from desk.bench.rows import Figure, row
from desk.bench.timing import once

WORKERS, VISITORS, PATIENCE = 2, 8, 30.0
LONG, SHORT = 60.0, 5.0


@contextmanager
def served() -> Iterator[int]:
    """Run gunicorn on the database in use, with two workers; gives its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    parts = urlsplit(os.environ["DATABASE_URL"])
    database = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "BIND": f"127.0.0.1:{port}",
        "WEB_CONCURRENCY": str(WORKERS),
    }
    command = [sys.executable, "-m", "gunicorn"]
    server = subprocess.Popen(
        command, env=environment, cwd=settings.PROJECT, stderr=subprocess.DEVNULL
    )
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(PATIENCE)


def _wait(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return


def visit(port: int, session: str, seconds: float, found: Any) -> None:
    """Ask for the list over and over, as several visitors; `found` gets times and failures."""
    times: list[float] = []
    failures: list[str] = []

    def one() -> None:
        link = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}", "Accept-Encoding": "gzip"}

        def ask() -> None:
            link.request("GET", FIRST, headers=headers)
            answer = link.getresponse()
            answer.read()
            if answer.status != 200:
                failures.append(f"answered {answer.status}")

        try:
            while time.monotonic() < end:
                times.append(once(ask))
        except OSError as error:
            failures.append(str(error))

    end = time.monotonic() + seconds
    visitors = [Thread(target=one) for _ in range(VISITORS)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    found.put((times, failures))


def asked(ground: Ground) -> dict[str, float]:
    """Return requests a second and the times that half, and 99 of a hundred, took at most."""
    seconds = LONG if ground.full >= MANY else min(SHORT, ground.rounds)
    with ground.on(FULL):
        session = ground.client(FULL).cookies[settings.SESSION_COOKIE_NAME].value
        with served() as port:
            taken = _from_another_process(port, session, seconds)
    hundredths = quantiles(taken, n=100)
    return {
        "requests_per_s": len(taken) / seconds,
        "p50_ms": hundredths[49],
        "p99_ms": hundredths[98],
        "seconds": seconds,
    }


def _from_another_process(port: int, session: str, seconds: float) -> list[float]:
    found: Any = FORK.Queue()
    visitors = FORK.Process(target=visit, args=(port, session, seconds, found))
    visitors.start()
    times, failures = found.get(timeout=seconds + PATIENCE)
    visitors.join()
    if failures:
        raise ValueError(f"{len(failures)} requests failed: {failures[0]}")
    return list(times)


@row(
    "requests of the first page a second, from gunicorn with two workers",
    "a second",
    at_least=120,
    aim=True,
)
def orders_rps(ground: Ground) -> Figure:
    """Ask as eight visitors at once; one failure is too many."""
    taken = ground.once("served", lambda: asked(ground))
    return Figure(taken["requests_per_s"], taken)


@row("the slowest hundredth of these requests against the median", "x", at_most=10, aim=True)
def orders_p99(ground: Ground) -> Figure:
    """Look at the same requests."""
    taken = ground.once("served", lambda: asked(ground))
    return Figure(taken["p99_ms"] / taken["p50_ms"], taken)
