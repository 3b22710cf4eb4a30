"""A minute of mixed pages, asked for by another process, while workers renew 50,000 licenses."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from django.db import connection
from django.utils import timezone

from desk.bench.due import lay_due
from licenses.models import License, Renewal
from resellers.models import Reseller
from tests.chaos.browser import Browser
from tests.chaos.deeds import LISTS, sign_in
from tests.chaos.ground import CHILDREN, PATIENCE, Ground
from tests.chaos.journal import Journal
from tests.programs import children_of

PEOPLE = ("alice@acme.example", "charlie@globex.example")
LICENSES, NAME = 50_000, "Load"
SECONDS, CALM = 60.0, 5.0
GROWTH, SPARE_MB = 1.1, 10.0
PAGES = (
    *LISTS,
    *("/orders/buy/?product=&term=12&quantity=3", "/renewals/?format=csv", "/balance/?format=csv"),
)
PAGE_SIZE = os.sysconf("SC_PAGE_SIZE") / 1e6


@dataclass
class Memory:
    """What the processes of a group hold together, in megabytes, sample by sample."""

    name: str
    samples: list[float] = field(default_factory=list)

    def look(self, pids: Iterable[int]) -> None:
        """Take a sample."""
        self.samples.append(sum(map(_resident, pids)))

    @property
    def first(self) -> float:
        """Return what it was once everything was warm."""
        at = len(self.samples) // 3
        return median(self.samples[at : at + max(3, len(self.samples) // 6)])

    @property
    def last(self) -> float:
        """Return what it was in the end."""
        return median(self.samples[-max(3, len(self.samples) // 6) :])

    @property
    def is_flat(self) -> bool:
        """Say whether it stopped growing."""
        return self.last <= self.first * GROWTH + SPARE_MB


def _resident(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_SIZE
    except OSError:
        return 0.0


@dataclass
class Loaded:
    """What came of it."""

    statuses: dict[str, int]
    taken: list[float]
    memory: list[Memory]
    renewed: int
    seconds: float

    def problems(self) -> list[str]:
        """Return what is broken."""
        wrong = {status: count for status, count in self.statuses.items() if status != "200"}
        found = [f"{count} pages were answered {status}" for status, count in wrong.items()]
        found += [
            f"the memory of {each.name} grew from {each.first:.0f} to {each.last:.0f} MB"
            for each in self.memory
            if not each.is_flat
        ]
        if self.renewed != LICENSES:
            found.append(f"{self.renewed} of {LICENSES} licenses were renewed")
        return found

    def figures(self) -> dict[str, object]:
        """Return the figures, by name."""
        hundredths = quantiles(self.taken, n=100)
        return {
            "pages under load": len(self.taken),
            "  a second": f"{len(self.taken) / SECONDS:.1f}",
            "  p50, ms": f"{hundredths[49]:.0f}",
            "  p99, ms": f"{hundredths[98]:.0f}",
            "licenses renewed meanwhile": self.renewed,
            "  within, s": f"{self.seconds:.1f}",
            **{
                f"memory of {each.name}, MB": f"{each.first:.0f} to {each.last:.0f}"
                for each in self.memory
            },
        }


def lay_load() -> None:
    """Make what will be due, and keep it from being renewed for now."""
    lay_due(NAME, LICENSES)
    _due().update(recurrent=False)
    connection.close()


def _due() -> Any:
    return License.objects.filter(reseller__in=Reseller.objects.filter(name__startswith=NAME))


def _renewed() -> int:
    due = Reseller.objects.filter(name__startswith=NAME)
    return Renewal.objects.filter(reseller__in=due, state="paid").count()


def _visitors(ground: Ground) -> "subprocess.Popen[str]":
    journal = Journal(timezone.now())
    browsers = [Browser(who, ground.port, journal) for who in PEOPLE]
    for browser in browsers:
        sign_in(browser, journal)
    people = [browser.cookie_header for browser in browsers]
    wish = {"port": ground.port, "seconds": SECONDS, "pages": PAGES, "people": people}
    command = [sys.executable, "-m", "tests.chaos.visitors"]
    visitors = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if visitors.stdin is not None:
        json.dump(wish, visitors.stdin)
        visitors.stdin.close()
    return visitors


def _wait_for_workers(ground: Ground) -> None:
    until = time.monotonic() + PATIENCE
    while any(len(children_of(worker.pid)) < CHILDREN for worker in ground.workers):
        if time.monotonic() > until:
            raise TimeoutError("the workers did not get ready")
        time.sleep(0.5)


def load(ground: Ground) -> Loaded:
    """Let visitors come; let everything fall due after a moment; look at the memory meanwhile."""
    _wait_for_workers(ground)
    visitors = _visitors(ground)
    memory = [Memory("web"), Memory("workers")]
    time.sleep(CALM)
    _due().update(recurrent=True)
    began, took = time.monotonic(), 0.0
    until = time.monotonic() + SECONDS - CALM
    while time.monotonic() < until:
        memory[0].look(children_of(ground.web.pid))
        memory[1].look(pid for worker in ground.workers for pid in children_of(worker.pid))
        if not took and _renewed() >= LICENSES:
            took = time.monotonic() - began
        time.sleep(1)
    while not took and time.monotonic() - began < PATIENCE:
        time.sleep(1)
        took = time.monotonic() - began if _renewed() >= LICENSES else 0.0
    found = json.loads(visitors.stdout.read()) if visitors.stdout else {}
    return Loaded(found["statuses"], found["taken"], memory, _renewed(), took)
