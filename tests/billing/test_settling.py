"""Answers of the gateway that come twice, late or at once: what each may change."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone

from billing.actions.payments import ask_gateway_again, declare_paid, declare_unpaid
from billing.gateway import Answer, Outcome
from billing.models import Account, BalanceEntry, CardPayment, PaymentState
from billing.payments import settle
from billing.payments.watching import claim, claim_next
from mailing.models import Mail
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, Reseller, User
from tests.billing.cards import begin, make_card, make_card_rows
from tests.gateway import Gateway
from tests.races import after, both_at_once, during, without_locks

pytestmark = pytest.mark.django_db(transaction=True)
PAID = Answer(Outcome.SUCCEEDED, "pi_1")
NOBODY_THERE = Answer(Outcome.NOT_SENT, code="APIConnectionError")
TO_CONFIRM = Answer(Outcome.NEEDS_AUTHENTICATION, "pi_1", "authentication_required")


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)


@pytest.fixture
def payment(gateway: Gateway, acme: Reseller) -> CardPayment:
    """A deposit of 50.00 that is written down and not sent yet."""
    return begin(make_card(gateway, acme), has_person=False)


def fresh(payment: CardPayment) -> CardPayment:
    return CardPayment.objects.get(pk=payment.pk)


def told(payment: CardPayment, answer: Answer, **more: Any) -> CardPayment:
    return settle(payment.pk, answer, timezone.now(), **more)


def test_an_answer_without_an_id_does_not_take_the_known_one_away(payment: CardPayment) -> None:
    told(payment, TO_CONFIRM)
    told(payment, Answer(Outcome.UNKNOWN))
    assert (fresh(payment).state, fresh(payment).gateway_id) == (PaymentState.UNKNOWN, "pi_1")


def test_the_longest_code_of_a_decline_is_recorded_as_far_as_it_fits(payment: CardPayment) -> None:
    told(payment, Answer(Outcome.DECLINED, "pi_1", "x" * 200))
    assert (fresh(payment).state, fresh(payment).code) == (PaymentState.DECLINED, "x" * 60)


def test_what_waits_for_a_person_for_too_long_already_is_looked_at_later_not_over_and_over(
    payment: CardPayment,
) -> None:
    CardPayment.objects.update(created_at=timezone.now() - timedelta(days=9))
    waiting = told(payment, TO_CONFIRM)
    assert waiting.next_check_at is not None
    assert waiting.next_check_at > timezone.now()


def test_people_are_asked_to_confirm_a_payment_once(payment: CardPayment, alice: User) -> None:
    for days in range(3):
        settle(payment.pk, TO_CONFIRM, timezone.now() + timedelta(days=days))
    assert Mail.objects.get(kind="payments_to_confirm").to == alice.email


def test_one_that_was_paid_after_all_is_noted_once(payment: CardPayment) -> None:
    told(payment, Answer(Outcome.DECLINED, "pi_1", "card_declined"))
    for _time in range(2):
        told(payment, PAID)
    assert AuditEvent.objects.filter(verb="payment.contradicted").count() == 1


def two_answers(payment: CardPayment) -> list[Any]:
    deed = partial(told, payment, PAID)
    return both_at_once(deed, deed, about_to_change=CardPayment)


def test_two_answers_at_once_are_one_deposit(payment: CardPayment, acme: Reseller) -> None:
    assert [type(outcome) for outcome in two_answers(payment)] == [CardPayment] * 2
    assert Account.objects.get(reseller=acme).balance == 50
    assert AuditEvent.objects.filter(verb="payment.settled").count() == 1


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_locks_only_the_key_of_the_entry_stops_the_second(
    payment: CardPayment,
) -> None:
    assert {type(outcome) for outcome in two_answers(payment)} == {CardPayment, IntegrityError}
    assert BalanceEntry.objects.count() == 1


def refused_while_a_worker_takes_it(payment: CardPayment) -> CardPayment:
    """A connection is refused while a worker, not committed yet, is about to send it too."""
    now = timezone.now()
    CardPayment.objects.update(next_check_at=now)
    take = partial(claim, payment.pk, now)
    settled: CardPayment = after(take, partial(told, payment, NOBODY_THERE, first_at=0))
    return settled


def test_while_a_worker_takes_it_a_refused_connection_proves_nothing(payment: CardPayment) -> None:
    assert refused_while_a_worker_takes_it(payment).state == PaymentState.UNKNOWN


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_lock_it_ends_although_it_may_be_charged(payment: CardPayment) -> None:
    assert refused_while_a_worker_takes_it(payment).state == PaymentState.NOT_SENT


def test_a_payment_is_taken_once_each_time_that_it_is_due(payment: CardPayment) -> None:
    now = timezone.now()
    assert not claim(payment.pk, payment.created_at - timedelta(seconds=1))
    CardPayment.objects.update(next_check_at=now)
    assert [claim(payment.pk, now), claim(payment.pk, now)] == [True, False]


def test_a_payment_that_another_worker_is_taking_is_passed_over(payment: CardPayment) -> None:
    now = timezone.now()
    CardPayment.objects.update(next_check_at=now)
    held = CardPayment.objects.select_for_update(no_key=True).filter(pk=payment.pk)
    assert during(partial(list, held), partial(claim_next, now, payment.card_id)) is None
    assert claim_next(now, payment.card_id) == payment.pk


def two_decisions(payment: CardPayment, sam: User) -> list[Any]:
    now = timezone.now()
    return both_at_once(
        partial(declare_paid, payment.pk, "pi_1", "Seen", actor=sam, now=now),
        partial(declare_unpaid, payment.pk, "The bank never saw it.", actor=sam, now=now),
        about_to_change=CardPayment,
    )


def kinds(outcomes: list[Any]) -> list[str]:
    return sorted(type(outcome).__name__ for outcome in outcomes)


def test_of_two_decisions_of_staff_at_once_the_first_counts(acme: Reseller, sam: User) -> None:
    assert kinds(two_decisions(make_card_rows(acme), sam)) == ["CardPayment", "Refusal"]
    paid = CardPayment.objects.get().state == PaymentState.SUCCEEDED
    assert Account.objects.get(reseller=acme).balance == (50 if paid else 0)


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_locks_both_decide(acme: Reseller, sam: User) -> None:
    assert kinds(two_decisions(make_card_rows(acme), sam)) == ["CardPayment", "CardPayment"]


@pytest.mark.parametrize("decide", [
    ask_gateway_again,
    partial(declare_paid, gateway_id="pi_1", because="Seen"),
    partial(declare_unpaid, reason="The bank never saw it."),
])  # fmt: skip
def test_staff_decide_nothing_about_a_payment_that_is_on_its_way(
    payment: CardPayment, sam: User, decide: Callable[..., CardPayment]
) -> None:
    for answer in (None, TO_CONFIRM):
        if answer:
            told(payment, answer)
        with pytest.raises(Refusal, match="not in doubt yet"):
            decide(payment.pk, actor=sam, now=timezone.now())
