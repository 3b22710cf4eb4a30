"""A job is done once, whoever dies, and given up in the end. Mails stand for all jobs."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from mailing.models import Mail
from reseller_portal.jobs import JobState, LeaseLostError
from resellers.models import Reseller
from tests.races import both_at_once, meanwhile, without_locks

HOUR = timedelta(hours=1)


@pytest.fixture
def queue(acme: Reseller) -> Callable[..., Mail]:
    """Put a mail into the outbox, due from now on."""

    def queued(**fields: Any) -> Mail:
        fields.setdefault("key", f"mail/{Mail.objects.count()}")
        return Mail.objects.create(
            reseller=acme, kind="greeting", to="alice@acme.example", about="1", **fields
        )

    return queued


def now() -> datetime:
    """Return this moment."""
    return timezone.now()


def claimed(mail: Mail) -> Mail:
    """Let a worker take the mail."""
    taken = Mail.objects.claim(mail.pk, now())
    assert taken is not None
    return taken


def test_a_claim_counts_the_attempt_and_takes_a_lease_of_two_minutes(
    queue: Callable[..., Mail],
) -> None:
    at = now()
    mail = Mail.objects.claim(queue(next_attempt_at=at).pk, at)
    assert mail is not None
    assert (mail.state, mail.attempts) == (JobState.RUNNING, 1)
    assert mail.leased_until == at + timedelta(seconds=120)


def test_a_claimed_job_is_nobody_elses(queue: Callable[..., Mail]) -> None:
    mail = claimed(queue())
    assert Mail.objects.claim(mail.pk, now()) is None
    assert Mail.objects.claim_next(now()) is None


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_same_message_do_the_job_once(queue: Callable[..., Mail]) -> None:
    mail = queue()
    taken = both_at_once(*[lambda: Mail.objects.claim(mail.pk, now())] * 2, about_to_change=Mail)
    mail.refresh_from_db()
    assert [bool(one) for one in taken].count(True) == 1
    assert mail.attempts == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_conditional_update_both_would_do_it(queue: Callable[..., Mail]) -> None:
    mail = queue()

    def claim_by_reading_first() -> bool:
        if not Mail.objects.due(now()).filter(pk=mail.pk).exists():
            return False
        Mail.objects.filter(pk=mail.pk).update(attempts=F("attempts") + 1)
        return True

    assert both_at_once(*[claim_by_reading_first] * 2, about_to_change=Mail) == [True, True]


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_share_the_jobs(queue: Callable[..., Mail]) -> None:
    first, second = queue(), queue()
    taken = both_at_once(*[lambda: Mail.objects.claim_next(now())] * 2, about_to_change=Mail)
    assert {mail.pk for mail in taken} == {first.pk, second.pk}


@pytest.mark.django_db(transaction=True)
def test_without_skip_locked_one_sweep_would_leave_empty_handed(
    queue: Callable[..., Mail], monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(), queue()
    monkeypatch.setattr(type(Mail.objects.all()), "select_for_update", without_locks)
    taken = both_at_once(*[lambda: Mail.objects.claim_next(now())] * 2, about_to_change=Mail)
    assert taken.count(None) == 1


@pytest.mark.django_db(transaction=True)
def test_a_sweep_waits_for_nobody(queue: Callable[..., Mail]) -> None:
    held, free = queue(), queue()
    with meanwhile(lambda: Mail.objects.claim_next(now())) as running, transaction.atomic():
        Mail.objects.select_for_update().get(pk=held.pk)
        [taken] = running()
        assert taken.result(10) == free


def test_a_long_job_that_had_its_turn_is_due_again_with_its_attempts_anew(
    queue: Callable[..., Mail],
) -> None:
    mail = claimed(queue(attempts=3))
    mail.settle_for_more(now())
    assert (mail.state, mail.attempts, mail.claim) == (JobState.QUEUED, 0, None)
    assert claimed(mail).attempts == 1
    with pytest.raises(LeaseLostError):
        mail.settle_for_more(now())


def test_a_job_is_not_due_before_its_time(queue: Callable[..., Mail]) -> None:
    mail = queue(next_attempt_at=now() + HOUR)
    assert Mail.objects.claim(mail.pk, now()) is None
    assert Mail.objects.claim(mail.pk, now() + HOUR) is not None


def test_a_job_whose_worker_died_is_due_again_when_its_lease_ran_out(
    queue: Callable[..., Mail],
) -> None:
    mail = claimed(queue())
    again = Mail.objects.claim_next(now() + timedelta(seconds=121))
    assert again is not None
    assert (again.pk, again.attempts) == (mail.pk, 2)


def test_a_lease_that_is_renewed_does_not_run_out(queue: Callable[..., Mail]) -> None:
    mail = claimed(queue())
    mail.renew_lease(now() + timedelta(seconds=100))
    assert Mail.objects.claim_next(now() + timedelta(seconds=121)) is None


def test_who_lost_the_job_can_neither_renew_nor_settle_it(queue: Callable[..., Mail]) -> None:
    frozen = claimed(queue())
    other = Mail.objects.claim_next(now() + timedelta(seconds=121))
    for settle, arguments in (
        (frozen.renew_lease, (now(),)),
        (frozen.settle_done, ()),
        (frozen.settle_failed, ("no",)),
        (frozen.settle_again, ("later", now())),
    ):
        with pytest.raises(LeaseLostError):
            settle(*arguments)
    assert other is not None
    other.settle_done(sent_at=now())


def test_a_job_that_is_done_stays_done(queue: Callable[..., Mail]) -> None:
    mail = claimed(queue())
    mail.settle_done(sent_at=now())
    assert Mail.objects.claim(mail.pk, now() + HOUR) is None
    with pytest.raises(LeaseLostError):
        mail.settle_again("later", now())


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 60), (2, 300), (3, 1800), (4, 7200)])
def test_the_pause_grows_with_each_attempt(
    queue: Callable[..., Mail], attempt: int, seconds: int
) -> None:
    at, mail = now(), claimed(queue(attempts=attempt - 1))
    mail.settle_again("Busy.", at)
    mail.refresh_from_db()
    assert (mail.state, mail.reason) == (JobState.QUEUED, "Busy.")
    assert mail.next_attempt_at == at + timedelta(seconds=seconds)


def test_after_the_fifth_attempt_a_job_is_stuck_and_says_why(queue: Callable[..., Mail]) -> None:
    mail = claimed(queue(attempts=4))
    mail.settle_again("Busy.", now())
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.reason) == (JobState.STUCK, 5, "Busy.")
    assert Mail.objects.claim_next(now() + 24 * HOUR) is None


def test_a_job_that_kills_its_worker_each_time_is_stuck_too(queue: Callable[..., Mail]) -> None:
    mail = claimed(queue(attempts=4))
    later = now() + timedelta(seconds=121)
    assert Mail.objects.claim(mail.pk, later) is None
    assert Mail.objects.give_up(later) == 1
    mail.refresh_from_db()
    assert (mail.state, mail.claim) == (JobState.STUCK, None)
    assert "stopped" in mail.reason


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.STUCK])
def test_what_was_given_up_can_be_tried_from_the_beginning(
    queue: Callable[..., Mail], state: JobState
) -> None:
    mail = queue(state=state, attempts=5, reason="No.")
    assert mail.requeue(now())
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.reason) == (JobState.QUEUED, 0, "")


def test_what_runs_or_is_done_is_not_started_again(queue: Callable[..., Mail]) -> None:
    running, done = claimed(queue()), queue(state=JobState.DONE, sent_at=now())
    assert not running.requeue(now())
    assert not done.requeue(now())


def test_a_job_is_late_when_it_has_been_due_for_five_minutes(queue: Callable[..., Mail]) -> None:
    queue()
    assert not Mail.objects.late(now() + timedelta(seconds=290))
    assert Mail.objects.late(now() + timedelta(seconds=310))


def test_the_database_refuses_a_running_job_without_a_claim(queue: Callable[..., Mail]) -> None:
    with pytest.raises(IntegrityError, match="mail_running_under_claim"), transaction.atomic():
        queue(state=JobState.RUNNING)
