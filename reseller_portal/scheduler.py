"""What happens on the clock, and the sign that the clock runs.

The schedule is code. Nothing about it is kept between starts: at its start the scheduler beats and
calls everything once, so that a restart delays nothing, and every task is safe to repeat.
"""

import time
from datetime import timedelta
from typing import Any

import structlog
from celery.beat import Scheduler
from celery.schedules import crontab
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from reseller_portal.celery import app

log = structlog.get_logger(__name__)

NAME = "scheduler"
SET_BACK_SECONDS = 5.0  # less is how clocks are put right all the time


def every(seconds: float, task: str) -> dict[str, Any]:
    """Return a line of the schedule; a call that no worker took in time is dropped."""
    return {"task": task, "schedule": timedelta(seconds=seconds), "options": {"expires": seconds}}


NIGHTLY = {
    "desk.verify": {
        "task": "desk.verify",
        "schedule": crontab(hour="2", minute="30"),
        "options": {"expires": 6 * 3600},
    }
}
SCHEDULE = NIGHTLY | {
    task: every(seconds, task)
    for task, seconds in (
        ("mailing.sweep", settings.SWEEP_EVERY_SECONDS),
        ("exports.sweep", settings.SWEEP_EVERY_SECONDS),
        ("licenses.sweep_bulk_changes", settings.SWEEP_EVERY_SECONDS),
        ("licenses.renew", settings.RENEW_EVERY_SECONDS),
        ("billing.tell_low_balances", settings.SWEEP_EVERY_SECONDS),
        ("billing.sweep", settings.SWEEP_EVERY_SECONDS),
        ("licenses.notify", settings.NOTICES_EVERY_SECONDS),
        ("desk.tell_staff", settings.TELL_STAFF_EVERY_SECONDS),
        ("mailing.clean_up", settings.CLEAN_UP_EVERY_SECONDS),
        ("exports.clean_up", settings.CLEAN_UP_EVERY_SECONDS),
        ("reseller_portal.clear_sessions", settings.CLEAN_UP_EVERY_SECONDS),
        ("reseller_portal.clear_cache", settings.CLEAN_UP_EVERY_SECONDS),
    )
}


class BeatingScheduler(Scheduler):
    """Celery's scheduler, with its beat in the database and without waiting for the broker."""

    _beat_at = 0.0
    _ahead = float("-inf")  # of the machine's clock before the one that nobody sets

    def setup_schedule(self) -> None:
        """Take the schedule, everything due at once."""
        long_ago = app.now() - timedelta(days=365)
        self.update_from_dict(
            {name: {**line, "last_run_at": long_ago} for name, line in SCHEDULE.items()}
        )

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Beat when it is time, then do what is due; returns the seconds until the next look."""
        self._mind_the_clock()
        if time.monotonic() - self._beat_at >= settings.BEAT_EVERY_SECONDS:
            self._beat_at = time.monotonic()
            beat()
        wait: float = super().tick(*args, **kwargs)
        return min(wait, settings.BEAT_EVERY_SECONDS)

    def _mind_the_clock(self) -> None:
        """Begin anew after the clock was set back: all would wait until it is as late again."""
        ahead = time.time() - time.monotonic()
        if ahead < self._ahead - SET_BACK_SECONDS:
            log.warning("clock_set_back", seconds=round(self._ahead - ahead))
            self.setup_schedule()
            self._heap = None
        self._ahead = ahead

    def _ensure_connected(self) -> Any:
        return (
            self.connection
        )  # connects when it sends; a broker that is away costs one failed call


def beat() -> None:
    """Record that the scheduler runs; without a database only the log says so."""
    from reseller_portal.models import Heartbeat

    try:
        Heartbeat.objects.update_or_create(name=NAME, defaults={"beaten_at": timezone.now()})
    except DatabaseError as error:
        log.warning("beat_not_recorded", error=type(error).__name__)
        connection.close()
