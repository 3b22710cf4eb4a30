"""Money by card that cannot be seen to, whatever is tried: the others go on, and staff get it."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from billing.models import CardPayment, CardRefund
from billing.payments.refunding import open_refund, sweep_refunds
from billing.payments.watching import sweep
from resellers.models import Reseller
from tests.billing.cards import begin, checked, make_card, pass_time, pay
from tests.gateway import Gateway

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = len(settings.CARD_CHECK_SECONDS)


def minutes_until(moment: datetime | None) -> int:
    assert moment
    return round((moment - timezone.now()) / timedelta(minutes=1))


@pytest.fixture
def odd_payment(gateway: Gateway, acme: Reseller) -> CardPayment:
    """What it is for was declared by nobody: whoever looks at it breaks off."""
    payment = begin(make_card(gateway, acme), has_person=False)
    CardPayment.objects.update(purpose="forgotten")
    pass_time(payment, 60)
    return payment


@pytest.fixture
def odd_refund(gateway: Gateway, acme: Reseller) -> CardRefund:
    """The gateway's id of it was given to another one, so that it cannot be recorded."""
    payment = pay(make_card(gateway, acme))
    odd, other = give_back(payment, "odd"), give_back(payment, "other")
    gateway.fault("error_after", "/v1/refunds")
    CardRefund.objects.filter(pk=other.pk).update(next_check_at=timezone.now() + timedelta(days=1))
    sweep_refunds()
    CardRefund.objects.filter(pk=other.pk).update(
        gateway_id=gateway.refunds()[0]["id"],
        state="succeeded",
        next_check_at=None,
        settled_at=timezone.now(),
    )
    return odd


def give_back(payment: CardPayment, key: str) -> CardRefund:
    with transaction.atomic():
        return open_refund(payment, Decimal(5), key=key, actor=None, now=timezone.now())


def make_due(refund: CardRefund) -> None:
    CardRefund.objects.filter(pk=refund.pk).update(next_check_at=timezone.now())


def test_the_next_payments_of_its_card_are_charged(
    gateway: Gateway, odd_payment: CardPayment
) -> None:
    good = begin(odd_payment.card, has_person=False)
    assert sweep() == 2
    good.refresh_from_db()
    assert good.state == "succeeded"


def test_a_payment_is_looked_at_on_its_schedule_and_then_with_staff(
    gateway: Gateway, odd_payment: CardPayment
) -> None:
    seen = []
    for _look in range(LOOKS):
        row = checked(odd_payment)
        seen.append(minutes_until(row.next_check_at))
    assert (row.state, seen) == ("sending", [5, 60, *[24 * 60] * 5])
    assert checked(odd_payment).state == "parked"
    assert gateway.attempts() == []


def test_what_was_charged_but_cannot_be_recorded_is_not_charged_again(
    gateway: Gateway, acme: Reseller
) -> None:
    taken = pay(make_card(gateway, acme))
    odd = begin(taken.card, has_person=False)
    gateway.fault("error_after")
    sweep()
    CardPayment.objects.filter(pk=taken.pk).update(
        gateway_id=gateway.charges()[1]["payment_intent"]
    )
    assert checked(odd).state == "unknown"
    assert len(gateway.charges()) == 2


def test_the_next_refunds_go_back(gateway: Gateway, odd_refund: CardRefund) -> None:
    good = give_back(odd_refund.payment, "good")
    make_due(odd_refund)
    assert sweep_refunds() == 2
    good.refresh_from_db()
    assert good.state == "succeeded"


def test_a_refund_is_asked_for_on_its_schedule_and_then_with_staff(
    gateway: Gateway, odd_refund: CardRefund
) -> None:
    seen = []
    for _look in range(1, LOOKS):
        make_due(odd_refund)
        sweep_refunds()
        odd_refund.refresh_from_db()
        seen.append(minutes_until(odd_refund.next_check_at))
    assert (odd_refund.state, seen) == ("waiting", [60, *[24 * 60] * 5])
    make_due(odd_refund)
    sweep_refunds()
    odd_refund.refresh_from_db()
    assert (odd_refund.state, odd_refund.reason) == ("parked", "unexpected")
    assert len(gateway.refunds()) == 1
