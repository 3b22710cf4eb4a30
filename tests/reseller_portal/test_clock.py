"""A clock that jumps: what is on the schedule goes on, and nothing is put off for long."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from reseller_portal.celery import app
from reseller_portal.scheduler import SCHEDULE, BeatingScheduler
from tests.processes import Valkey

HOUR = timedelta(hours=1)


@pytest.fixture
def called(valkey: Valkey, db: None) -> Callable[[BeatingScheduler], int]:
    """Let a scheduler do what is due, and return how many calls it has left in the broker."""

    def look(scheduler: BeatingScheduler) -> int:
        while not scheduler.tick():
            pass
        return int(valkey.ask("LLEN", "celery").removeprefix(":"))

    return look


def test_a_clock_that_was_set_back_stops_nothing(called: Callable[[BeatingScheduler], int]) -> None:
    scheduler = BeatingScheduler(app)
    with time_machine.travel(timezone.now() + HOUR):
        assert called(scheduler) == len(SCHEDULE)
        assert called(scheduler) == len(SCHEDULE)
    assert called(scheduler) == 2 * len(SCHEDULE)


def test_a_clock_that_was_set_forward_calls_everything_that_comes_often_once(
    called: Callable[[BeatingScheduler], int],
) -> None:
    scheduler = BeatingScheduler(app)
    assert called(scheduler) == len(SCHEDULE)
    with time_machine.travel(timezone.now() + HOUR):
        often = [name for name in SCHEDULE if name != "desk.verify"]
        assert len(SCHEDULE) + len(often) <= called(scheduler) <= 2 * len(SCHEDULE)
