"""Is the process up, and can the portal do its work? Open to everybody, so it tells no secrets.

Each thing that is asked may hang, so it is asked in a thread of its own and waited for until one
deadline; while one still hangs it is not asked again.
"""

import threading
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import structlog
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from billing.models import CardPayment, CardRefund
from licenses.renewing.due import resellers_due
from reseller_portal.jobs import Job, JobQuerySet
from reseller_portal.models import Heartbeat
from reseller_portal.scheduler import NAME as SCHEDULER

log = structlog.get_logger(__name__)

SILENT = {
    "database": "The database does not answer.",
    "broker": "The broker does not answer.",
}


def database_problems() -> list[str]:
    """Return what is wrong in the database: the scheduler, jobs, renewals or card money late."""
    try:
        return [
            *scheduler_problems(),
            *job_problems(),
            *renewal_problems(),
            *card_problems(),
        ]
    except DatabaseError:
        return [SILENT["database"]]
    finally:
        connection.close()


def scheduler_problems() -> list[str]:
    """Say whether the scheduler has beaten lately."""
    lately = timezone.now() - timedelta(seconds=settings.BEAT_LATE_SECONDS)
    alive = Heartbeat.objects.filter(name=SCHEDULER, beaten_at__gte=lately).exists()
    return [] if alive else ["The scheduler has not beaten for 3 minutes."]


def job_problems() -> list[str]:
    """Say of each kind of job whether some are late."""
    now = timezone.now()
    return [
        f"Jobs are late: {model._meta.verbose_name_plural}."
        for model in apps.get_models()
        if issubclass(model, Job) and JobQuerySet(model).late(now).exists()
    ]


def renewal_problems() -> list[str]:
    """Say whether renewals were due yesterday already, and have not been tried."""
    late = resellers_due(timezone.now(), days_ago=1)
    return ["Renewals are late."] if late else []


def card_problems() -> list[str]:
    """Say of payments by card, deposits among them, and of refunds to cards whether any are late.

    What is with staff is not: it has no next check.
    """
    now = timezone.now()
    late = {
        "Card payments are late.": CardPayment.objects.late(now),
        "Refunds to cards are late.": CardRefund.objects.late(now),
    }
    return [problem for problem, rows in late.items() if rows.exists()]


def broker_problems() -> list[str]:
    """Say whether the broker answers."""
    try:
        with current_app.connection_for_write() as link:
            channel: Any = link.default_channel
            channel.client.ping()
    except (OperationalError, RedisError, OSError):
        return [SILENT["broker"]]
    return []


class Question:
    """Something to ask that may hang."""

    def __init__(self, name: str, ask: Callable[[], list[str]]) -> None:
        self.name, self._ask = name, ask
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._problems: list[str] | None = None

    def begin(self) -> None:
        """Ask, unless the last time it was asked it still hangs."""
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                return
            self._problems = None
            self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
            self._thread.start()

    def answer(self, deadline: float) -> list[str]:
        """Return the problems, waiting for them until the deadline of the monotonic clock."""
        if self._thread is not None:
            self._thread.join(max(0.0, deadline - time.monotonic()))
        return [SILENT[self.name]] if self._problems is None else self._problems

    def _run(self) -> None:
        self._problems = self._ask()


QUESTIONS = (Question("database", database_problems), Question("broker", broker_problems))


def problems(questions: Iterable[Question] = QUESTIONS) -> list[str]:
    """Return everything that keeps the portal from its work, within READY_WITHIN_SECONDS."""
    deadline = time.monotonic() + settings.READY_WITHIN_SECONDS
    for question in questions:
        question.begin()
    return [problem for question in questions for problem in question.answer(deadline)]


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Answer that the process is up."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Answer whether the portal can do its work: 200, or 503 with the list of what is wrong."""
    found = problems()
    if found:
        log.warning("not_ready", problems=found)
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return JsonResponse({"status": "not ready", "problems": found}, status=status)
    return JsonResponse({"status": "ready", "problems": []})
