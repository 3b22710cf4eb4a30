"""Running claimed jobs: how one ends, and the sweep that finds those whose message was lost."""

import time
from collections.abc import Callable, Mapping

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reseller_portal.jobs import JobQuerySet, LeaseLostError, Row

log = structlog.get_logger(__name__)

Work = Callable[[Row], Mapping[str, object]]


class PermanentError(Exception):
    """No further attempt can help. The text is the reason, for a person."""


class PointlessError(PermanentError):
    """There is nobody to do the work for, which is no failure. The text is the reason."""


class TemporaryError(Exception):
    """A later attempt may help. The text is the reason, for a person."""


class UnfinishedError(Exception):
    """A part of a long piece of work is done, and the rest can wait until others had their turn."""


def run_one(jobs: JobQuerySet[Row], pk: int, work: "Work[Row]") -> None:
    """Claim one job and do it; nothing happens if it is not due or somebody else has it."""
    with transaction.atomic(durable=True):  # a job's work never runs in a transaction
        job = jobs.claim(pk, timezone.now())
    if job is not None:
        run(job, work)


def sweep(jobs: JobQuerySet[Row], work: "Work[Row]") -> int:
    """Do what is due, one job after another, for JOB_SWEEP_SECONDS; returns how many were begun.

    Several sweeps at once share the jobs between them.
    """
    deadline = time.monotonic() + settings.JOB_SWEEP_SECONDS
    back = jobs.bring_back(timezone.now())
    if back:
        log.warning("jobs_brought_back", jobs=jobs.model.__name__, count=back)
    stuck = jobs.give_up(timezone.now())
    if stuck:
        log.error("jobs_stuck", jobs=jobs.model.__name__, count=stuck)
    begun = 0
    while time.monotonic() < deadline:
        job = jobs.claim_next(timezone.now())
        if job is None:
            break
        run(job, work)
        begun += 1
    return begun


def run(job: Row, work: "Work[Row]") -> None:
    """Do a claimed job and settle it. `work` returns the fields to store with `done`."""
    facts = {
        "job": type(job).__name__,
        "id": job.pk,
        "attempt": job.attempts,
        "reseller": getattr(job, "reseller_id", None),
    }
    try:
        _settle(job, work)
    except LeaseLostError:
        log.warning("lease_lost", **facts)
    else:
        log.info("job_settled", state=job.state, **facts)


def _settle(job: Row, work: "Work[Row]") -> None:
    try:
        results = work(job)
    except LeaseLostError:
        raise
    except (PermanentError, TemporaryError, UnfinishedError) as told:
        _settle_as_told(job, told)
    except SoftTimeLimitExceeded:
        job.settle_again(_("It took longer than a worker may take."), timezone.now())
    except Exception:
        log.exception("job_broke", job=type(job).__name__, id=job.pk)
        job.settle_again(_("Something went wrong that nobody expected."), timezone.now())
    else:
        job.settle_done(**results)


def _settle_as_told(job: Row, told: PermanentError | TemporaryError | UnfinishedError) -> None:
    match told:
        case UnfinishedError():
            job.settle_for_more(timezone.now())
        case PointlessError():
            job.settle_dropped(str(told))
        case PermanentError():
            job.settle_failed(str(told))
        case TemporaryError():
            job.settle_again(str(told), timezone.now())
