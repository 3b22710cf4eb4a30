"""What happens on the clock."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from reseller_portal import scheduler
from reseller_portal.celery import app
from reseller_portal.models import Heartbeat
from reseller_portal.scheduler import SCHEDULE, BeatingScheduler, beat
from reseller_portal.tasks import clear_cache, clear_sessions

EXPIRE = """
UPDATE reseller_portal_cache SET expires = now() - interval '1 hour' WHERE cache_key ~ 'over'
"""


def test_everything_on_the_schedule_exists() -> None:
    app.loader.import_default_modules()  # as a worker does at its start
    assert {line["task"] for line in SCHEDULE.values()} <= set(app.tasks)


def test_at_its_start_everything_is_due() -> None:
    entries = BeatingScheduler(app).schedule.values()
    assert len(list(entries)) == len(SCHEDULE)
    assert all(entry.is_due()[0] for entry in entries)


@pytest.mark.parametrize("task", ["mailing.sweep", "exports.sweep"])
def test_sweeps_follow_each_other_within_a_minute_and_never_pile_up(task: str) -> None:
    line = SCHEDULE[task]
    assert line["schedule"] <= timedelta(seconds=60)
    assert line["options"]["expires"] <= 60


@pytest.mark.parametrize(
    "task", ["mailing.sweep", "exports.sweep", "billing.sweep", "licenses.renew"]
)
def test_what_a_dead_worker_left_is_taken_up_within_five_minutes(task: str) -> None:
    assert SCHEDULE[task]["schedule"] < timedelta(minutes=5)


def test_a_beat_is_one_row_that_moves_on(db: None) -> None:
    beat()
    Heartbeat.objects.update(beaten_at=timezone.now() - timedelta(hours=1))
    beat()
    assert Heartbeat.objects.get(name=scheduler.NAME).beaten_at > timezone.now() - timedelta(
        minutes=1
    )


def test_sessions_that_have_ended_are_removed(db: None) -> None:
    now = timezone.now()
    for key, ends in (("over", now - timedelta(hours=1)), ("alive", now + timedelta(hours=1))):
        Session.objects.create(session_key=key, session_data="", expire_date=ends)
    clear_sessions()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["alive"]


def test_cache_rows_that_are_over_are_removed(db: None) -> None:
    cache.set("alive", 1, 60)
    cache.set("over", 1, 60)
    with connection.cursor() as cursor:
        cursor.execute(EXPIRE)
        clear_cache()
        cursor.execute("SELECT cache_key FROM reseller_portal_cache")
        left = {key for (key,) in cursor.fetchall()}
    assert left & {":1:alive", ":1:over"} == {":1:alive"}
