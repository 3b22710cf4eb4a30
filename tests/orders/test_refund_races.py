"""Many refunds at once: the money goes back once."""

from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db.models import QuerySet

from activation.actions import activate_for_existing
from billing.models import Account, BalanceEntry, EntryKind
from desk.verify.registry import check_all
from licenses.actions import change_billing_state
from licenses.models import License
from orders.actions import approve_refunds, ask_refund, buy, refund_order
from orders.models import Order, Refund
from resellers.models import Reseller, User
from tests.factories import CustomerFactory, make_active
from tests.orders.shop import now, open_shop, purchase
from tests.races import all_at_once, both_at_once, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(acme: Reseller, ann: User) -> Order:
    """Ann bought ten licenses for 1,000.00; nothing is left."""
    guard = open_shop(acme, "1000.00")
    wish = purchase(guard, quantity=10, expected_amount=Decimal(1000))
    return buy(wish, actor=ann, now=now())


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)


def balance(order: Order) -> Decimal:
    return Account.objects.get(reseller=order.reseller).balance


def consistent() -> bool:
    return not any(result.rows for result in check_all())


def kinds(outcomes: list[Any]) -> list[str]:
    return sorted({type(outcome).__name__ for outcome in outcomes})


def test_ten_refunds_of_one_license_at_once_are_one(order: Order, sam: User) -> None:
    license = order.licenses.all()[0]
    deed = partial(refund_order, order.number, license.uuid, "Odd", actor=sam, now=now())
    outcomes = all_at_once(*[deed] * 10)
    names = [type(outcome).__name__ for outcome in outcomes]
    assert (names.count("list"), names.count("Refusal")) == (1, 9)
    assert balance(order) == 100
    assert Refund.objects.count() == 1
    assert consistent()


def test_ten_refunds_of_ten_licenses_at_once_are_ten(order: Order, sam: User) -> None:
    deeds = [
        partial(refund_order, order.number, license.uuid, "Odd", actor=sam, now=now())
        for license in order.licenses.all()
    ]
    assert kinds(all_at_once(*deeds)) == ["list"]
    order.refresh_from_db()
    assert (balance(order), order.available) == (Decimal("1000.00"), 0)
    assert BalanceEntry.objects.filter(kind=EntryKind.REFUND).count() == 10
    assert consistent()


def two_refunds(order: Order, sam: User, only: UUID | None = None) -> list[Any]:
    deed = partial(refund_order, order.number, only, "Odd", actor=sam, now=now())
    return both_at_once(deed, deed, about_to_change=BalanceEntry)


def test_two_who_refund_everything_pay_once(order: Order, sam: User) -> None:
    assert kinds(two_refunds(order, sam)) == ["Refusal", "list"]
    assert balance(order) == 1000


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_locks_only_the_keys_stop_the_second(order: Order, sam: User) -> None:
    license = order.licenses.all()[0]
    assert kinds(two_refunds(order, sam, license.uuid)) == ["IntegrityError", "list"]
    assert balance(order) == 100


def test_two_who_approve_pay_once(order: Order, alice: User, sam: User) -> None:
    ask_refund(order.number, None, "Wrong", actor=alice, now=now())
    deed = partial(approve_refunds, order.number, None, actor=sam, now=now())
    assert kinds(both_at_once(deed, deed, about_to_change=BalanceEntry)) == ["Refusal", "list"]
    assert balance(order) == 1000
    assert consistent()


def activation_and_refund(order: Order, ann: User, sam: User, *, of: int) -> License:
    """Let Ann activate the first license while Sam refunds one."""
    licenses = list(order.licenses.order_by("pk"))
    license, other = licenses[0], licenses[of]
    customer = CustomerFactory.create(reseller=order.reseller)
    both_at_once(
        partial(activate_for_existing, license.uuid, customer.email, actor=ann, now=now()),
        partial(refund_order, order.number, other.uuid, "Odd", actor=sam, now=now()),
        about_to_change=License,
    )
    return License.objects.get(pk=license.pk)


def test_a_license_activated_while_it_is_refunded_is_counted_right(
    order: Order, ann: User, sam: User
) -> None:
    license = activation_and_refund(order, ann, sam, of=0)
    assert license.cancelled_at is not None
    order.refresh_from_db()
    assert order.available == 9
    assert consistent()


def test_one_activated_while_another_is_refunded_are_both_counted(
    order: Order, ann: User, sam: User
) -> None:
    activation_and_refund(order, ann, sam, of=1)
    order.refresh_from_db()
    assert order.available == 8
    assert consistent()


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_locks_one_of_them_is_not_counted(
    order: Order, ann: User, sam: User
) -> None:
    activation_and_refund(order, ann, sam, of=1)
    order.refresh_from_db()
    assert order.available == 9


def test_mixed_work_at_once_ends_without_a_deadlock(
    order: Order, ann: User, alice: User, sam: User, guard_money: None
) -> None:
    licenses = list(order.licenses.order_by("pk"))
    used = make_active(licenses[0])
    wish = purchase(order.product, expected_amount=Decimal(120))
    customer = CustomerFactory.create(reseller=order.reseller)
    deeds: list[Any] = [
        partial(refund_order, order.number, licenses[1].uuid, "x", actor=sam, now=now()),
        partial(refund_order, order.number, licenses[2].uuid, "x", actor=sam, now=now()),
        partial(ask_refund, order.number, licenses[3].uuid, "x", actor=alice, now=now()),
        partial(ask_refund, order.number, None, "x", actor=alice, now=now()),
        partial(buy, wish, actor=ann, now=now()),
        partial(change_billing_state, used.uuid, True, actor=ann, now=now()),
        partial(activate_for_existing, licenses[4].uuid, customer.email, actor=ann, now=now()),
        partial(activate_for_existing, licenses[5].uuid, customer.email, actor=ann, now=now()),
    ]
    outcomes = all_at_once(*deeds)
    errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert {type(error).__name__ for error in errors} <= {"Refusal"}
    assert consistent()


@pytest.fixture
def guard_money(order: Order) -> None:
    """Let Acme owe a little, so that it can buy once more."""
    Account.objects.filter(reseller=order.reseller).update(credit_limit=500)
