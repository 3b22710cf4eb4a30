"""Money that goes back to a card: owed until it is there, asked for so that it goes once."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from billing.gateway import Answer, Outcome
from billing.models import CardPayment, CardRefund, CardRefundState
from billing.payments.refunding import claim_next, open_refund, sweep_refunds
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, Reseller
from tests.billing.cards import answered, begin, make_card, pay
from tests.gateway import Gateway
from tests.races import both_at_once, during, without_locks

pytestmark = pytest.mark.django_db(transaction=True)
DAY = 24 * 3600


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    settings.STRIPE_TIMEOUT_SECONDS = (1, 0.5)


@pytest.fixture
def payment(gateway: Gateway, acme: Reseller) -> CardPayment:
    """A card paid 50.00."""
    return pay(make_card(gateway, acme))


def give_back(payment: CardPayment, amount: str = "10.00", key: str = "refund/1") -> CardRefund:
    with transaction.atomic():
        return open_refund(payment, Decimal(amount), key=key, actor=None, now=timezone.now())


@pytest.fixture
def refund(payment: CardPayment) -> CardRefund:
    """10.00 of it are to go back."""
    return give_back(payment)


def let_pass(gateway: Gateway, seconds: int) -> None:
    """Let so much time be over since the refund was first asked for; it is due again."""
    row = CardRefund.objects.get()
    row.sent_at = row.sent_at and row.sent_at - timedelta(seconds=seconds)
    row.next_check_at = timezone.now()
    row.save()
    gateway.advance(seconds)


def test_one_key_is_one_refund(payment: CardPayment) -> None:
    assert give_back(payment) == give_back(payment)
    assert AuditEvent.objects.filter(verb="payment.refund_started").count() == 1


def test_what_was_not_paid_cannot_go_back(gateway: Gateway, acme: Reseller) -> None:
    with pytest.raises(Refusal, match="more than was paid"):
        give_back(begin(make_card(gateway, acme)))


def test_what_is_on_its_way_back_already_cannot_go_back_once_more(
    payment: CardPayment, refund: CardRefund
) -> None:
    with pytest.raises(Refusal, match="more than was paid"):
        give_back(payment, "40.01", key="refund/2")
    assert give_back(payment, "40.00", key="refund/2").amount == 40


def test_what_is_unknown_is_asked_for_again_with_the_same_key(
    gateway: Gateway, refund: CardRefund
) -> None:
    gateway.fault("error_after", "/v1/refunds")
    sweep_refunds()
    let_pass(gateway, 3600)
    sweep_refunds()
    assert [each["amount"] for each in gateway.refunds()] == [1000]
    assert [each["key"] for each in gateway.requests("/v1/refunds")] == [refund.key] * 2


def test_after_a_day_a_refund_is_looked_for_and_not_made_again(
    gateway: Gateway, refund: CardRefund
) -> None:
    gateway.fault("timeout_after", "/v1/refunds", seconds=2)
    sweep_refunds()
    assert CardRefund.objects.get().state == CardRefundState.WAITING
    let_pass(gateway, DAY + 3600)
    sweep_refunds()
    assert CardRefund.objects.get().state == CardRefundState.SUCCEEDED
    assert [each["amount"] for each in gateway.refunds()] == [1000]


def test_twin_after_a_day_the_same_request_would_pay_back_twice(
    gateway: Gateway, refund: CardRefund, settings: Any
) -> None:
    settings.CARD_KEY_LIFE_SECONDS = 10 * DAY
    gateway.fault("timeout_after", "/v1/refunds", seconds=2)
    sweep_refunds()
    let_pass(gateway, DAY + 3600)
    sweep_refunds()
    assert [each["amount"] for each in gateway.refunds()] == [1000, 1000]


def test_after_a_day_one_that_is_not_there_is_asked_for(
    gateway: Gateway, refund: CardRefund
) -> None:
    gateway.fault("error_before", "/v1/refunds")
    sweep_refunds()
    let_pass(gateway, DAY + 3600)
    sweep_refunds()
    assert [each["amount"] for each in gateway.refunds()] == [1000]


def test_one_that_the_bank_does_not_take_is_handed_to_staff(refund: CardRefund) -> None:
    parked = answered(refund, Answer(Outcome.DECLINED, "re_1"))
    assert (parked.state, parked.next_check_at) == (CardRefundState.PARKED, None)


def test_one_that_is_never_answered_is_handed_to_staff_after_days(
    refund: CardRefund, settings: Any
) -> None:
    for checks in range(1, len(settings.CARD_CHECK_SECONDS) + 2):
        CardRefund.objects.update(checks=checks)
        assert CardRefund.objects.get().state == CardRefundState.WAITING
        answered(refund, Answer(Outcome.UNKNOWN))
    assert CardRefund.objects.get().state == CardRefundState.PARKED


def test_what_is_back_stays_so_whatever_is_told_later(refund: CardRefund) -> None:
    for outcome in (Outcome.SUCCEEDED, *Outcome):
        answered(refund, Answer(outcome, f"re_{outcome}"))
    row = CardRefund.objects.get()
    assert (row.state, row.gateway_id) == (CardRefundState.SUCCEEDED, "re_succeeded")
    assert AuditEvent.objects.filter(verb="payment.refunded").count() == 1


def test_what_nobody_expected_leaves_it_waiting(refund: CardRefund) -> None:
    CardPayment.objects.update(currency="JPY")
    assert sweep_refunds() == 1
    row = CardRefund.objects.get()
    assert (row.state, row.reason) == (CardRefundState.WAITING, "unexpected")
    assert row.next_check_at is not None
    assert row.next_check_at > timezone.now()


def test_one_that_another_worker_is_taking_is_passed_over(refund: CardRefund) -> None:
    held = CardRefund.objects.select_for_update(no_key=True)
    take = partial(claim_next, timezone.now())
    assert during(partial(list, held.all()), take) is None
    assert take() == refund


def told_by_two(refund: CardRefund) -> int:
    """Return how often it is on record that the money is back."""
    deed = partial(answered, refund, Answer(Outcome.SUCCEEDED, "re_1"))
    both_at_once(deed, deed, about_to_change=CardRefund)
    return AuditEvent.objects.filter(verb="payment.refunded").count()


def test_two_answers_at_once_are_on_record_once(refund: CardRefund) -> None:
    assert told_by_two(refund) == 1


def test_twin_without_the_lock_they_are_on_record_twice(
    refund: CardRefund, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert told_by_two(refund) == 2
