"""Waking a worker: the one place that talks to the broker from a request.

The row is the job, so a message is only a hint. A broker that is down or frozen costs the caller
at most its socket time-out, once, and never an error: a sweep finds the row. After a failure nobody
rings for a moment, so that several messages of one request do not wait one after another.
"""

import time
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from reseller_portal.celery import REQUEST_ID

if TYPE_CHECKING:
    from celery import Task

log = structlog.get_logger(__name__)


class Bell:
    """Rings for a worker, unless the broker has just not answered."""

    def __init__(self) -> None:
        self._silent_until = 0.0

    def ring(self, task: "Task[..., object]", ids: tuple[int, ...]) -> None:
        """Send one message, or log that none could be sent."""
        if time.monotonic() < self._silent_until:
            return
        try:
            task.apply_async(args=ids, retry=False, headers=headers())
        except (OperationalError, RedisError, OSError) as error:
            self._silent_until = time.monotonic() + settings.WAKE_SILENCE_SECONDS
            log.warning("broker_unreachable", task=task.name, error=type(error).__name__)


def headers() -> dict[str, str]:
    """Name the request that wakes, so that the worker's log can be read together with its."""
    bound = structlog.contextvars.get_contextvars()
    return {REQUEST_ID: bound[REQUEST_ID]} if REQUEST_ID in bound else {}


bell = Bell()


def wake(task: "Task[..., object]", *ids: int) -> None:
    """Call a task with the ids of rows once the transaction is committed. Never raises."""

    def ring() -> None:
        bell.ring(task, ids)

    transaction.on_commit(ring, robust=True)
