"""Refunds of licenses whose next period is paid already."""

from datetime import timedelta
from decimal import Decimal

import pytest

from catalog.models import Price
from licenses.models import License, Renewal
from licenses.renewing.manual import renew_by_hand
from orders.actions import approve_refunds, ask_refund, refund_order, reject_refunds
from orders.models import Order
from orders.refunds import offer
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User
from tests.factories import make_active
from tests.orders.shop import balance, broken, buy_three, first, now


@pytest.fixture
def order(acme: Reseller, ann: User) -> Order:
    """Ann bought three licenses for 120.00 each; Acme has 640.00 left."""
    return buy_three(acme, ann)


@pytest.fixture
def renewed(order: Order, ann: User) -> License:
    """The first license, activated and renewed by hand for 100.00 more."""
    today = order.reseller.day_of(now())
    license = make_active(first(order), ends_on=today + timedelta(days=10))
    Price.objects.update(amount=Decimal(100))
    renew_by_hand(license.uuid, actor=ann, now=now())
    return license


def test_a_paid_renewal_that_has_not_begun_is_refunded_too(
    order: Order, renewed: License, alice: User, sam: User
) -> None:
    today = order.reseller.day_of(now())
    assert offer(order, today).amount == 3 * 120 + 100
    assert offer(order, today, renewed).amount == 220
    ask_refund(order.number, renewed.uuid, "Wrong", actor=alice, now=now())
    [refund] = approve_refunds(order.number, None, actor=sam, now=now())
    assert refund.amount == 220
    assert balance(order) == 640 - 100 + 220
    assert broken() == []


def test_one_that_has_begun_is_not(order: Order, renewed: License, sam: User) -> None:
    later = now() + timedelta(days=11)
    [refund] = refund_order(order.number, renewed.uuid, "Odd", actor=sam, now=later)
    assert refund.amount == 120


def test_what_was_renewed_since_it_was_asked_for_is_counted(
    order: Order, ann: User, alice: User, sam: User
) -> None:
    today = order.reseller.day_of(now())
    license = make_active(first(order), ends_on=today + timedelta(days=10))
    [asked] = ask_refund(order.number, license.uuid, "Wrong", actor=alice, now=now())
    renew_by_hand(license.uuid, actor=ann, now=now())
    approve_refunds(order.number, None, actor=sam, now=now())
    asked.refresh_from_db()
    assert (str(asked.amount), balance(order)) == ("240.00", Decimal(760))
    assert broken() == []


def test_while_a_card_is_asked_for_its_renewal_nothing_is_refunded(
    order: Order, renewed: License, alice: User, sam: User
) -> None:
    ask_refund(order.number, renewed.uuid, "Wrong", actor=alice, now=now())
    Renewal.objects.create(reseller=order.reseller, license=renewed, number=2, state="checking")
    License.objects.filter(pk=renewed.pk).update(in_renewal=True)
    with pytest.raises(Refusal, match="being checked"):
        approve_refunds(order.number, None, actor=sam, now=now())
    reject_refunds(order.number, None, "Wait", actor=sam, now=now())
    with pytest.raises(Refusal, match="being checked"):
        ask_refund(order.number, renewed.uuid, "Wrong", actor=alice, now=now())
    [*others] = ask_refund(order.number, None, "Wrong", actor=alice, now=now())
    assert renewed not in [refund.license for refund in others]
