"""Which faults come when: a deck that the seed shuffles, so that every kind comes in its turn."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from reseller_portal.supervisor.console import say
from tests.chaos.faults import FAULTS, Course, Fault
from tests.chaos.ground import Ground
from tests.chaos.journal import Journal

PAUSES = 0.8, 2.6
LONGEST = 20.0


@dataclass
class Underway:
    """A fault that is there."""

    fault: Fault
    course: Course
    began: float
    until: float


@dataclass
class Storm:
    """Faults over a ground; this thread alone starts and ends processes."""

    ground: Ground
    journal: Journal
    random: Random
    underway: list[Underway] = field(default_factory=list)

    def rage(self, seconds: float) -> None:
        """Let faults come and go for so long; in the end nothing is broken any more."""
        deck, over = self._deck(), time.monotonic() + seconds
        try:
            while time.monotonic() < over:
                self._end_what_is_over()
                self._look_after()
                self._wait_for_the_web()
                self._begin(next(deck))
                self._wait(self.random.uniform(*PAUSES))
        finally:
            for each in list(self.underway):
                self._end(each)
            self.ground.gateway.clear_faults()
            self.ground.mail.answers.clear()
            self.ground.mail.drops = 0

    def _deck(self) -> Iterator[Fault]:
        while True:
            yield from self.random.sample(FAULTS, len(FAULTS))

    def _begin(self, fault: Fault) -> None:
        for each in list(self.underway):
            if each.fault.hits == fault.hits:
                self._end(each)
        began, seconds = time.time(), self.random.uniform(*fault.seconds)
        course = fault.begin(self.ground, self.random)
        next(course)
        under = Underway(fault, course, began, time.monotonic() + seconds)
        self.underway.append(under)
        if not seconds:
            self._end(under)

    def _end(self, each: Underway) -> None:
        self.underway.remove(each)
        for _ in each.course:
            pass
        self.journal.spell(each.fault.name, each.began)
        say(f"  {each.fault.name}, {time.time() - each.began:.1f} s")

    def _end_what_is_over(self) -> None:
        for each in list(self.underway):
            if time.monotonic() >= each.until:
                self._end(each)

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 0.1))
            self._end_what_is_over()

    def _wait_for_the_web(self) -> None:
        """Let nothing more break while nobody can work anyway, but not for long."""
        until = time.monotonic() + LONGEST
        while time.monotonic() < until and not self.ground.answers():
            self._wait(0.5)

    def _look_after(self) -> None:
        """Start what ended without having been killed, as the supervisor does; count it."""
        killed = {each.fault.hits for each in self.underway}
        for child in self.ground.processes:
            if not child.running and not killed & {"web", "workers", "schedulers"}:
                self.journal.count("ended by itself, started again")
                child.start()
