"""Work in the background: the row is the job.

A job is queued, claimed in one UPDATE that counts the attempt and takes a lease, and settled as
done, failed, dropped (nobody wants it), or queued again with a back-off; after JOB_ATTEMPTS
attempts it is stuck, until a person tries it again. A lease that ran out (its worker died) makes
the job due again. Each claim has an id of its own: who no longer holds it can settle nothing.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Self, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

Row = TypeVar("Row", bound="Job")


class JobState(models.TextChoices):
    """How far a job is."""

    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    STUCK = "stuck", _("Stuck")
    DROPPED = "dropped", _("Dropped")


UNFINISHED = (JobState.QUEUED, JobState.RUNNING)
GIVEN_UP = (JobState.FAILED, JobState.STUCK)


class LeaseLostError(Exception):
    """Another worker took the job over; what this one did must not be recorded."""


class JobQuerySet(models.QuerySet[Row]):
    """Jobs of one kind. `now` is always the moment at which one looks."""

    def unfinished(self) -> Self:
        """Keep the jobs that wait or run."""
        return self.filter(state__in=UNFINISHED)

    def given_up(self) -> Self:
        """Keep the jobs that only a person will start again."""
        return self.filter(state__in=GIVEN_UP)

    def due(self, now: datetime) -> Self:
        """Keep the jobs to be done now: their time has come, or their worker's lease ran out."""
        return self.filter(
            Q(state=JobState.QUEUED, next_attempt_at__lte=now)
            | Q(state=JobState.RUNNING, leased_until__lt=now)
        )

    def late(self, now: datetime) -> Self:
        """Keep the jobs that have been due for longer than any sweep explains."""
        return self.due(now - timedelta(seconds=settings.JOB_LATE_SECONDS))

    def claim(self, pk: int, now: datetime) -> Row | None:
        """Take one job, if it is due and nobody else has: one UPDATE counts the attempt."""
        claim = uuid.uuid4()
        won = (
            self.due(now)
            .filter(pk=pk, attempts__lt=settings.JOB_ATTEMPTS)
            .update(
                state=JobState.RUNNING,
                attempts=F("attempts") + 1,
                claim=claim,
                leased_until=lease_from(now),
            )
        )
        return self.get(pk=pk) if won else None

    def claim_next(self, now: datetime) -> Row | None:
        """Take the job that has been due longest, passing over those that another sweep is taking.

        Raises RuntimeError inside a transaction: a job's work never runs in one.
        """
        with transaction.atomic(durable=True):
            waiting = self.due(now).filter(attempts__lt=settings.JOB_ATTEMPTS)
            locked = waiting.select_for_update(skip_locked=True, no_key=True)
            pk = locked.order_by("next_attempt_at", "pk").values_list("pk", flat=True).first()
            return None if pk is None else self.claim(pk, now)

    def bring_back(self, now: datetime) -> int:
        """Make due what a clock that ran ahead has put off for longer than anything is.

        Returns how many there were. No pause is longer than the longest, and no lease that somebody
        holds is twice as long as a lease.
        """
        longest = now + timedelta(seconds=max(settings.JOB_BACK_OFF_SECONDS))
        put_off = self.filter(state=JobState.QUEUED, next_attempt_at__gt=longest)
        leased = now + timedelta(seconds=2 * settings.JOB_LEASE_SECONDS)
        held = self.filter(state=JobState.RUNNING, leased_until__gt=leased)
        return put_off.update(next_attempt_at=now) + held.update(leased_until=now)

    def give_up(self, now: datetime) -> int:
        """Mark as stuck what is due but has used up its attempts (its worker died each time)."""
        return (
            self.due(now)
            .filter(attempts__gte=settings.JOB_ATTEMPTS)
            .update(
                state=JobState.STUCK,
                reason=gettext("The worker stopped before it could finish, each time it tried."),
                **UNCLAIMED,
            )
        )


UNCLAIMED: dict[str, None] = {"claim": None, "leased_until": None}


class Job(models.Model):
    """A piece of work as a row. `reason` says in a person's words why the last attempt failed."""

    state = models.CharField(
        _("state"), max_length=10, choices=JobState, default=JobState.QUEUED, editable=False
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    next_attempt_at = models.DateTimeField(
        _("next attempt at"), default=timezone.now, editable=False
    )
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True, editable=False)
    claim = models.UUIDField(null=True, blank=True, editable=False)
    reason = models.TextField(_("reason"), blank=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_state_known", condition=Q(state__in=JobState.values)
            ),
            models.CheckConstraint(
                name="%(class)s_running_under_claim",
                condition=Q(state="running", claim__isnull=False, leased_until__isnull=False)
                | (~Q(state="running") & Q(claim=None, leased_until=None)),
            ),
        ]
        indexes = [
            # the schedule: what is due, or whose lease ran out
            models.Index(
                fields=["next_attempt_at", "id"],
                name="%(class)s_unfinished",
                condition=Q(state__in=["queued", "running"]),
            ),
            # the staff's work: what was given up
            models.Index(
                fields=["next_attempt_at", "id"],
                name="%(class)s_given_up",
                condition=Q(state__in=["failed", "stuck"]),
            ),
        ]

    @property
    def is_unfinished(self) -> bool:
        """Say whether the job still waits or runs."""
        return self.state in UNFINISHED

    @property
    def is_given_up(self) -> bool:
        """Say whether only a person will start the job again."""
        return self.state in GIVEN_UP

    def renew_lease(self, now: datetime, **progress: Any) -> None:
        """Hold the job for another lease, and record how far it is. Raises LeaseLostError."""
        self._change_held(leased_until=lease_from(now), **progress)

    def settle_done(self, **results: Any) -> None:
        """Record that the work was done. Raises LeaseLostError."""
        self._change_held(state=JobState.DONE, reason="", **UNCLAIMED, **results)

    def settle_failed(self, reason: str) -> None:
        """Record that no further attempt can help. Raises LeaseLostError."""
        self._change_held(state=JobState.FAILED, reason=reason, **UNCLAIMED)

    def settle_dropped(self, reason: str) -> None:
        """Record that there is nobody to do the work for. Raises LeaseLostError."""
        self._change_held(state=JobState.DROPPED, reason=reason, **UNCLAIMED)

    def settle_again(self, reason: str, now: datetime) -> None:
        """Queue the next attempt after a pause; give up after the last. Raises LeaseLostError."""
        last = self.attempts >= settings.JOB_ATTEMPTS
        self._change_held(
            state=JobState.STUCK if last else JobState.QUEUED,
            reason=reason,
            next_attempt_at=now if last else now + back_off(self.attempts),
            **UNCLAIMED,
        )

    def settle_for_more(self, now: datetime) -> None:
        """Queue the rest of a long piece of work at once, so that others get their turn meanwhile.

        It got on, so its attempts begin anew. Raises LeaseLostError.
        """
        self._change_held(
            state=JobState.QUEUED, attempts=0, next_attempt_at=now, reason="", **UNCLAIMED
        )

    def requeue(self, now: datetime) -> bool:
        """Start a job that was given up from the beginning; False if it was not (any more)."""
        changes = {"state": JobState.QUEUED, "attempts": 0, "next_attempt_at": now, "reason": ""}
        started = bool(self._row().filter(state__in=GIVEN_UP).update(**changes))
        self._take_over(changes if started else {})
        return started

    def _change_held(self, **changes: Any) -> None:
        held = self._row().filter(state=JobState.RUNNING, claim=self.claim)
        if not held.update(**changes):
            raise LeaseLostError
        self._take_over(changes)

    def _row(self) -> models.QuerySet[Any]:
        return type(self)._default_manager.filter(pk=self.pk)

    def _take_over(self, changes: dict[str, Any]) -> None:
        for name, value in changes.items():
            setattr(self, name, value)


def lease_from(now: datetime) -> datetime:
    """Return until when a worker holds what it claims or renews now."""
    return now + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def back_off(attempts: int) -> timedelta:
    """Return the pause after that many attempts; the last pause of the setting repeats."""
    pauses: Sequence[float] = settings.JOB_BACK_OFF_SECONDS
    return timedelta(seconds=pauses[min(attempts, len(pauses)) - 1])
