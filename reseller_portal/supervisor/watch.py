"""Restarts what crashes, waiting longer each time."""

import time
from collections.abc import Sequence

from reseller_portal.supervisor.children import Child
from reseller_portal.supervisor.console import say
from reseller_portal.supervisor.problems import CannotRunError

FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0
CALM_SECONDS = 60.0


class Watch:
    """Children that are meant to run for ever."""

    def __init__(self, children: Sequence[Child]) -> None:
        """All of them have been started."""
        self.children = children
        self.delay = dict.fromkeys((child.name for child in children), FIRST_DELAY)
        self.due: dict[str, float] = {}
        self.since = dict.fromkeys(self.delay, time.monotonic())

    def forever(self) -> None:
        """Look at them four times a second until a signal raises StopRequested."""
        while True:
            for child in self.children:
                self.look(child, time.monotonic())
            time.sleep(0.25)

    def look(self, child: Child, now: float) -> None:
        """Note that it has ended, or start it again when its delay is over."""
        if child.running:
            return
        if child.name not in self.due:
            self._note(child, now)
        elif now >= self.due[child.name]:
            del self.due[child.name]
            self.since[child.name] = now
            self._restart(child)

    def _note(self, child: Child, now: float) -> None:
        if now - self.since[child.name] > CALM_SECONDS:
            self.delay[child.name] = FIRST_DELAY
        delay = self.delay[child.name]
        self.delay[child.name] = min(delay * 2, LONGEST_DELAY)
        self.due[child.name] = now + delay
        say(f"{child.failure()}\nStarting it again in {delay:.1f} s.", error=True)

    def _restart(self, child: Child) -> None:
        try:
            child.start()
        except CannotRunError as problem:  # said at the next look too, with a longer delay
            say(str(problem), error=True)
