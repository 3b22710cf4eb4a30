"""How much waits, and since when: counted in the database, in a fixed number of queries.

Each query follows an index of what is unfinished, however much has been done. Labels are words of
the code; nothing of a reseller is among them.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, models, transaction
from django.db.models import Count, Min, Q, Sum
from django.db.models.functions import Greatest

from billing.models import Account, CardPayment, CardRefund, CardRefundState, PaymentState
from desk.metrics.text import Gauge
from desk.readiness import broker_problems
from exports.models import Export
from licenses.models import Renewal
from orders.models import Refund, RefundState
from reseller_portal.jobs import Job, JobQuerySet, JobState
from reseller_portal.models import Heartbeat
from reseller_portal.scheduler import NAME as SCHEDULER

Figures = Callable[[datetime], Iterator[Gauge]]
WITHIN = "SET LOCAL statement_timeout = '3s'"
OPEN_PAYMENTS = (
    PaymentState.SENDING,
    PaymentState.CONFIRMING,
    PaymentState.UNKNOWN,
    PaymentState.PARKED,
)


def all_figures(now: datetime) -> list[Gauge]:
    """Return every figure; of a database that does not answer, only that it does not."""
    broker = Gauge("portal_broker_up", "Whether the broker answers.", {"": not broker_problems()})
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(WITHIN)
            counted = [gauge for figures in IN_DATABASE for gauge in figures(now)]
    except DatabaseError:
        counted, answers = [], False
    else:
        answers = True
    database = Gauge("portal_database_up", "Whether the database answers.", {"": answers})
    return [database, broker, *counted]


def scheduler(now: datetime) -> Iterator[Gauge]:
    """Say when the scheduler was last alive; one that never was has no value."""
    beat = Heartbeat.objects.filter(name=SCHEDULER).first()
    yield Gauge(
        "portal_scheduler_beat_age_seconds",
        "Seconds since the scheduler last beat.",
        {"": _seconds(beat.beaten_at, now)} if beat else {},
    )


def jobs(now: datetime) -> Iterator[Gauge]:
    """Count the jobs of each kind (mail, export, …) that wait, run, are due or were given up."""
    found = {
        str(model._meta.model_name): _of_kind(model, now)
        for model in apps.get_models()
        if issubclass(model, Job)
    }
    for name, told, helped in (
        ("portal_jobs_queued", "queued", "Jobs that wait, for their time or for a worker."),
        ("portal_jobs_running", "running", "Jobs under a worker's lease, run out or not."),
        ("portal_jobs_due", "due", "Jobs whose time has come, or whose worker's lease ran out."),
        ("portal_jobs_oldest_due_seconds", "age", "Seconds since the oldest due job became due."),
        ("portal_jobs_given_up", "given_up", "Jobs that only a person will start again."),
    ):
        yield Gauge(name, helped, {kind: of[told] for kind, of in found.items()}, "kind")


def _of_kind(model: type[Job], now: datetime) -> dict[str, float]:
    rows: JobQuerySet[Any] = model._default_manager.all()  # type: ignore[assignment]
    queued = Q(state=JobState.QUEUED)
    waiting = rows.unfinished().aggregate(
        queued=Count("pk", filter=queued), running=Count("pk", filter=~queued)
    )
    since = Greatest("next_attempt_at", "leased_until")  # a job that is not leased has only one
    due = rows.due(now).aggregate(due=Count("pk"), oldest=Min(since))
    age = _seconds(due["oldest"], now) if due["oldest"] else 0
    return {**waiting, "due": due["due"], "age": age, "given_up": rows.given_up().count()}


def card_money(now: datetime) -> Iterator[Gauge]:
    """Count the payments and refunds by card of which nobody knows the end."""
    payments, refunds = CardPayment.objects.all(), CardRefund.objects.all()
    waiting = (CardRefundState.WAITING, CardRefundState.PARKED)
    yield Gauge(
        "portal_card_payments",
        "Card payments whose end is not known, by state; parked ones are with staff.",
        _by_state(payments.open(), OPEN_PAYMENTS),
        "state",
    )
    yield Gauge(
        "portal_card_refunds",
        "Refunds to cards that have not arrived, by state; parked ones are with staff.",
        _by_state(refunds.filter(state__in=waiting), waiting),
        "state",
    )
    yield Gauge(
        "portal_card_checks_late",
        "Card payments and refunds that a worker should have looked at.",
        {"payment": payments.late(now).count(), "refund": refunds.late(now).count()},
        "of",
    )
    yield Gauge(
        "portal_contradictions",
        "Card payments and refunds of which the gateway says something else, for staff.",
        {"payment": payments.contradicted().count(), "refund": refunds.contradicted().count()},
        "of",
    )


def for_staff(now: datetime) -> Iterator[Gauge]:
    """Count what else waits for staff, or for workers that are late."""
    asked = Refund.objects.filter(state=RefundState.ASKED).count()
    parked = Account.objects.filter(parked_at__isnull=False).count()
    late = Renewal.objects.late(now).count()
    yield Gauge("portal_refunds_asked", "Refunds that wait for a decision.", {"": asked})
    yield Gauge("portal_accounts_parked", "Accounts that are parked.", {"": parked})
    yield Gauge("portal_renewals_late", "Renewals whose day is over untried.", {"": late})


def kept(now: datetime) -> Iterator[Gauge]:
    """Count what is kept for a time only: sessions and the files of exports."""
    alive = Session.objects.filter(expire_date__gt=now).count()
    files = Export.objects.exclude(file="").aggregate(found=Count("pk"), size=Sum("size"))
    yield Gauge("portal_sessions", "Sessions that have not ended.", {"": alive})
    yield Gauge("portal_export_files", "Files of exports.", {"": files["found"]})
    yield Gauge("portal_export_bytes", "Size of the files of exports.", {"": files["size"] or 0})


IN_DATABASE: tuple[Figures, ...] = (scheduler, jobs, card_money, for_staff, kept)


def _by_state(
    rows: models.QuerySet[Any], states: tuple[models.TextChoices, ...]
) -> dict[str, float]:
    found = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    return {state.value: found.get(state.value, 0) for state in states}


def _seconds(moment: datetime, now: datetime) -> float:
    return round(max(0.0, (now - moment).total_seconds()), 1)
