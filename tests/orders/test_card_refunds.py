"""Refunds of orders that a card paid: the money goes back to that card, once."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from billing.actions.card_refunds import pay_to_balance
from billing.gateway import Answer, Outcome
from billing.models import BalanceEntry, CardPayment, CardRefund
from billing.payments import charge
from billing.payments.refunding import sweep_refunds
from billing.statements import statement
from desk.verify.registry import check_all
from licenses.models import License
from licenses.renewing.manual import renew_by_hand
from mailing.kinds import kind_named
from mailing.models import Mail
from orders.actions import approve_refunds, ask_refund, begin_card_purchase, buy, refund_order
from orders.models import Order, OrderState, Refund
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User
from tests.billing.cards import answered, make_card
from tests.factories import make_active, make_entry
from tests.gateway import Gateway
from tests.orders.shop import now, open_shop, purchase
from tests.races import all_at_once, both_at_once, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(acme: Reseller, alice: User, gateway: Gateway) -> Order:
    """Alice bought three licenses for 360.00 by card."""
    wish = purchase(open_shop(acme, "0.00"), quantity=3, expected_amount=Decimal(360))
    payment = begin_card_purchase(wish, make_card(gateway, acme), actor=alice, now=now())
    return Order.objects.get(card_payment=charge(payment))


def first(order: Order) -> License:
    return order.licenses.order_by("pk")[0]


def broken() -> list[str]:
    return [result.name for result in check_all() if result.rows]


def back(gateway: Gateway) -> list[int]:
    return [each["amount"] for each in gateway.refunds()]


def test_the_money_goes_back_to_the_card_once(order: Order, sam: User, gateway: Gateway) -> None:
    refund_order(order.number, None, "Odd", actor=sam, now=now())
    assert back(gateway) == []
    order.refresh_from_db()
    assert (order.state, order.available) == (OrderState.REFUNDED, 0)
    assert (sweep_refunds(), sweep_refunds()) == (1, 0)
    assert back(gateway) == [36000]
    assert CardRefund.objects.get().state == "succeeded"
    assert not BalanceEntry.objects.exists()
    assert broken() == []


def test_what_goes_to_the_balance_instead_is_no_licenses_tax_on_the_statement(
    order: Order, acme: Reseller, sam: User
) -> None:
    """A card paid the licenses, with their tax: a statement has those that the balance paid."""
    make_entry(acme, "500.00")
    Reseller.objects.update(tax_rate=20)
    buy(purchase(order.product), actor=order.user, now=now())
    refund_order(order.number, None, "Odd", actor=sam, now=now())
    owed = answered(CardRefund.objects.get(), Answer(Outcome.DECLINED, "re_1"))
    pay_to_balance(owed.pk, "The card was closed", actor=sam, now=now())
    month = statement(acme, acme.day_of(now()).replace(day=1))
    moved = {kind.label: kind.amount for kind in month.kinds}
    assert moved == {"Purchase": Decimal(-120), "Adjustment": Decimal(360), "Deposit": Decimal(500)}
    assert month.opening + sum(moved.values()) == month.closing
    assert [(line.net, line.tax) for line in month.taxes] == [(Decimal(120), Decimal(24))]
    assert broken() == []


def test_asked_and_approved_twice_is_once(
    order: Order, alice: User, sam: User, gateway: Gateway
) -> None:
    ask_refund(order.number, first(order).uuid, "Wrong", actor=alice, now=now())
    assert not CardRefund.objects.exists()
    approve_refunds(order.number, None, actor=sam, now=now())
    with pytest.raises(Refusal, match="waits to be decided"):
        approve_refunds(order.number, None, actor=sam, now=now())
    sweep_refunds()
    assert back(gateway) == [12000]
    mail = Mail.objects.get(kind="refund_decided")
    text = kind_named(mail.kind).write(mail)
    assert "paid back to your card Visa •••• 4242" in text.text
    assert "paid back to your card Visa •••• 4242" in text.html


def test_parts_add_up(order: Order, sam: User, gateway: Gateway) -> None:
    refund_order(order.number, first(order).uuid, "Odd", actor=sam, now=now())
    refund_order(order.number, None, "Odd", actor=sam, now=now())
    sweep_refunds()
    assert sorted(back(gateway)) == [12000, 24000]
    assert broken() == []


def test_while_the_gateway_is_down_it_waits(order: Order, sam: User, gateway: Gateway) -> None:
    gateway.fault("error_before", "/v1/refunds")
    refund_order(order.number, None, "Odd", actor=sam, now=now())
    sweep_refunds()
    assert CardRefund.objects.get().state == "waiting"
    assert broken() == []
    CardRefund.objects.update(next_check_at=timezone.now())
    sweep_refunds()
    assert back(gateway) == [36000]


def test_never_more_than_the_card_paid(order: Order, sam: User) -> None:
    CardPayment.objects.update(amount=Decimal("350.00"))
    refund_order(order.number, first(order).uuid, "Odd", actor=sam, now=now())
    with pytest.raises(Refusal, match="more than was paid by card"):
        refund_order(order.number, None, "Odd", actor=sam, now=now())
    assert Refund.objects.count() == CardRefund.objects.count() == 1
    assert License.objects.exclude(cancelled_at=None).count() == 1


def test_an_order_of_an_unknown_card_is_refused(order: Order, sam: User) -> None:
    Order.objects.update(card_payment=None)
    with pytest.raises(Refusal, match="adjust the balance"):
        refund_order(order.number, None, "Odd", actor=sam, now=now())


def test_what_was_asked_for_of_an_unknown_card_is_not_approved(
    order: Order, alice: User, sam: User
) -> None:
    ask_refund(order.number, None, "Wrong", actor=alice, now=now())
    Order.objects.update(card_payment=None)
    with pytest.raises(Refusal, match="adjust the balance"):
        approve_refunds(order.number, None, actor=sam, now=now())


def test_a_renewal_whose_period_has_begun_stops_nothing(
    order: Order, alice: User, sam: User, gateway: Gateway
) -> None:
    license = first(order)
    make_entry(order.reseller, "500.00")
    make_active(license, ends_on=order.reseller.day_of(now()) - timedelta(days=1))
    renew_by_hand(license.uuid, actor=alice, now=now())
    refund_order(order.number, license.uuid, "Odd", actor=sam, now=now())
    sweep_refunds()
    assert back(gateway) == [12000]


def test_the_dialog_names_the_card(order: Order, as_: Any, alice: User) -> None:
    client: Client = as_(alice)
    page = client.get(f"/orders/{order.number}/refund/")
    assert "the card Visa •••• 4242 that paid" in page.text


def names(outcomes: list[Any]) -> list[str]:
    return sorted(type(outcome).__name__ for outcome in outcomes)


def test_ten_at_once_are_one(order: Order, sam: User, gateway: Gateway) -> None:
    deed = partial(refund_order, order.number, None, "Odd", actor=sam, now=now())
    assert names(all_at_once(*[deed] * 10)) == ["Refusal"] * 9 + ["list"]
    sweep_refunds()
    assert back(gateway) == [36000]
    assert broken() == []


def both(order: Order, sam: User) -> list[str]:
    deed = partial(refund_order, order.number, first(order).uuid, "Odd", actor=sam, now=now())
    return names(both_at_once(deed, deed, about_to_change=CardRefund))


def test_two_at_once_are_one(order: Order, sam: User) -> None:
    assert both(order, sam) == ["Refusal", "list"]


def test_twin_without_the_locks_only_the_key_stops_the_second(
    order: Order, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert both(order, sam) == ["IntegrityError", "list"]
    assert CardRefund.objects.count() == 1
