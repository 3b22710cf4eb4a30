"""Whose account breaks a rule, and what of the orders the ledger must hold."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.models import EntryKind
from desk.verify.registry import check_all
from orders.models import Order
from resellers.models import Reseller
from tests.desk.world import alter
from tests.factories import make_entry, make_order

LATER = timedelta(minutes=1)


@pytest.fixture
def paid(acme: Reseller) -> Order:
    """An order that was paid by balance, of an account that was opened before."""
    make_entry(acme, at=timezone.now() - LATER)
    order = make_order(acme, quantity=2)
    pay(order)
    return order


def pay(order: Order, amount: str = "-240.00") -> None:
    key = f"purchase/{order.number}"
    make_entry(order.reseller, amount, EntryKind.PURCHASE, key=key, reference=order.number)


def mismatches() -> list[str]:
    [rows] = [result.rows for result in check_all() if result.name == "purchases-match-orders"]
    return rows


def test_an_order_and_what_was_taken_match(paid: Order) -> None:
    assert mismatches() == []


def test_an_order_that_was_not_taken_from_the_balance_is_found(paid: Order) -> None:
    unpaid = make_order(paid.reseller)
    assert mismatches() == [unpaid.number]


def test_an_order_of_the_time_before_the_account_is_exempt(paid: Order) -> None:
    make_order(paid.reseller, placed_at=timezone.now() - timedelta(days=1))
    assert mismatches() == []


def test_an_order_by_card_is_not_taken_from_the_balance(paid: Order) -> None:
    by_card = make_order(paid.reseller, payment_type="card")
    assert mismatches() == []
    pay(by_card, "-1.00")
    assert mismatches() == [by_card.number]


def test_another_amount_is_found(acme: Reseller) -> None:
    make_entry(acme, at=timezone.now() - LATER)
    order = make_order(acme, quantity=2)
    pay(order, "-239.99")
    assert mismatches() == [order.number]


def test_a_purchase_of_nothing_is_found(paid: Order) -> None:
    make_entry(paid.reseller, "-1.00", EntryKind.PURCHASE, reference="1234567890")
    assert mismatches() == ["1234567890"]


def test_a_purchase_of_another_resellers_order_is_found(paid: Order, globex: Reseller) -> None:
    make_entry(globex, at=timezone.now() - LATER)
    make_entry(globex, "-240.00", EntryKind.PURCHASE, reference=paid.number)
    assert mismatches() == [paid.number]


def test_the_reseller_whose_money_is_concerned_is_named(paid: Order, globex: Reseller) -> None:
    alter("UPDATE billing_account SET balance = 1 WHERE next_sequence = 1")
    found = {result.name: (result.rows, result.resellers) for result in check_all() if result.rows}
    assert found == {"balances-are-their-entries": ([globex.name], {globex.pk})}
