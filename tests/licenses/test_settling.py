"""How a card payment of a renewal ends: what comes twice or too late changes nothing."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from licenses.models import AttemptOutcome, License, Renewal, RenewalAttempt, RenewalState
from licenses.renewing.settling import settle_declined, settle_paid, settle_unknown
from licenses.steps import cancel_licenses
from resellers.models import AuditEvent, Reseller
from tests.licenses.renewing import make_guard, make_renewing, make_tried, today_of
from tests.races import after, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def license(acme: Reseller) -> License:
    return make_renewing(acme, make_guard(), 5)


@pytest.fixture
def attempt(license: License) -> RenewalAttempt:
    """A card is asked for 120.00; nobody knows yet what it says."""
    make_tried(license, AttemptOutcome.UNKNOWN)
    RenewalAttempt.objects.update(amount=Decimal(120))
    return RenewalAttempt.objects.select_related("renewal__license").get()


def paid(attempt: RenewalAttempt) -> bool:
    return settle_paid(attempt, now=timezone.now())


def declined(attempt: RenewalAttempt, outcome: AttemptOutcome = AttemptOutcome.DECLINED) -> None:
    settle_declined(attempt, outcome, "Not enough funds", now=timezone.now())


def now_of(attempt: RenewalAttempt) -> tuple[str, str, str]:
    row = RenewalAttempt.objects.select_related("renewal").get(pk=attempt.pk)
    return row.renewal.state, row.outcome, row.reason


def test_told_twice_that_it_is_paid_it_is_one_period(
    license: License, attempt: RenewalAttempt
) -> None:
    assert [paid(attempt), paid(attempt)] == [True, True]
    assert license.periods.count() == 2
    assert AuditEvent.objects.filter(verb="license.renewed").count() == 1


def test_what_was_paid_otherwise_meanwhile_is_not_paid_again(attempt: RenewalAttempt) -> None:
    Renewal.objects.update(
        state=RenewalState.PAID, amount=120, source="balance", settled_at=timezone.now()
    )
    assert paid(attempt) is False
    assert now_of(attempt)[1] == "unknown"


def test_a_decline_of_what_has_ended_otherwise_changes_nothing(attempt: RenewalAttempt) -> None:
    Renewal.objects.update(state=RenewalState.ENDED, next_attempt_on=None)
    declined(attempt)
    assert now_of(attempt) == ("ended", "unknown", "Why not")


def test_a_decline_that_is_told_once_more_ends_no_later_try(attempt: RenewalAttempt) -> None:
    RenewalAttempt.objects.update(outcome=AttemptOutcome.DECLINED)
    declined(attempt)
    assert now_of(attempt) == ("checking", "declined", "Why not")


@pytest.mark.parametrize(("tried", "again"), [(-3, 1), (0, 1), (2, 3)])
def test_the_next_try_is_on_the_day_after_whenever_the_answer_came(
    acme: Reseller, attempt: RenewalAttempt, tried: int, again: int
) -> None:
    today = today_of(acme)
    RenewalAttempt.objects.update(on=today + timedelta(days=tried))
    declined(attempt)
    assert Renewal.objects.get().next_attempt_on == today + timedelta(days=again)


def test_what_is_known_is_not_unknown_again(attempt: RenewalAttempt) -> None:
    settle_unknown(attempt, "It is asked again.")
    assert now_of(attempt)[2] == "It is asked again."
    declined(attempt)
    settle_unknown(attempt, "It is asked again.")
    assert now_of(attempt)[2] == "Not enough funds"


@pytest.mark.parametrize("recurrent", [True, False])
def test_a_refusal_turns_off_only_what_is_on(
    license: License, attempt: RenewalAttempt, recurrent: bool
) -> None:
    License.objects.update(recurrent=recurrent)
    declined(attempt, AttemptOutcome.REFUSED)
    license.refresh_from_db()
    assert not license.recurrent
    turned_off = AuditEvent.objects.filter(verb="license.billing_state_changed")
    assert turned_off.exists() == recurrent


def cancelled_meanwhile(license: License, attempt: RenewalAttempt) -> Any:
    """Learn that it is paid while the license is being cancelled."""
    cancel = partial(cancel_licenses, [license], timezone.now())
    return after(cancel, partial(paid, attempt))


def test_one_that_is_being_cancelled_is_not_renewed(
    license: License, attempt: RenewalAttempt
) -> None:
    assert cancelled_meanwhile(license, attempt) is False
    assert license.periods.count() == 1


def test_twin_without_the_lock_it_is_renewed(
    license: License, attempt: RenewalAttempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert cancelled_meanwhile(license, attempt) is True
    assert license.periods.count() == 2
