"""Many who buy at once: the balance pays what it covers, and a key buys once."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet
from django.test import Client

from billing.actions import adjust_balance
from billing.models import Account, BalanceEntry, EntryKind
from catalog.models import Product
from desk.verify.registry import check_all
from licenses.actions import change_billing_state
from licenses.models import License
from mailing.models import Mail
from orders.actions import buy, resend_confirmation
from orders.models import Order
from orders.steps import order_bought_with
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User
from tests.factories import make_active, make_order
from tests.orders.shop import BuyPage, a_key, now, open_shop, purchase
from tests.races import after, all_at_once, both_at_once, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def guard(acme: Reseller) -> Product:
    """Guard is on sale, and Acme can pay ten licenses."""
    return open_shop(acme, "1200.00")


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)


def kinds(outcomes: list[Any]) -> list[str]:
    return sorted({type(outcome).__name__ for outcome in outcomes})


def consistent() -> bool:
    return not any(result.rows for result in check_all())


def test_forty_at_once_buy_the_ten_that_the_balance_covers(ann: User, guard: Product) -> None:
    deeds = [partial(buy, purchase(guard), actor=ann, now=now()) for _ in range(40)]
    outcomes = all_at_once(*deeds)
    assert [type(outcome) for outcome in outcomes].count(Order) == 10
    assert [type(outcome) for outcome in outcomes].count(Refusal) == 30
    assert Order.objects.count() == License.objects.count() == Mail.objects.count() == 10
    assert Account.objects.get(reseller=ann.reseller).balance == 0
    assert consistent()


def last_license(ann: User, guard: Product) -> list[Any]:
    """Let two buy when the balance covers one of them."""
    wish = {"quantity": 6, "expected_amount": 720}
    deeds = [partial(buy, purchase(guard, **wish), actor=ann, now=now()) for _ in range(2)]
    return both_at_once(*deeds, about_to_change=BalanceEntry)


def test_the_balance_pays_one_of_two(ann: User, guard: Product) -> None:
    assert kinds(last_license(ann, guard)) == ["Order", "Refusal"]
    assert Account.objects.get(reseller=ann.reseller).balance == 480


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_lock_only_the_constraints_stop_the_second(
    ann: User, guard: Product
) -> None:
    assert kinds(last_license(ann, guard)) == ["IntegrityError", "Order"]


def test_twenty_replays_of_one_key_are_one_order(ann: User, guard: Product) -> None:
    wish = purchase(guard)
    outcomes = all_at_once(*[partial(buy, wish, actor=ann, now=now()) for _ in range(20)])
    assert len(set(outcomes)) == 1
    assert isinstance(outcomes[0], Order)
    assert Order.objects.count() == License.objects.count() == Mail.objects.count() == 1
    assert BalanceEntry.objects.filter(kind=EntryKind.PURCHASE).count() == 1
    assert consistent()


def double_click(ann: User, guard: Product) -> list[Any]:
    deed = partial(buy, purchase(guard), actor=ann, now=now())
    return both_at_once(deed, deed, about_to_change=Order)


def test_a_double_click_is_one_order(ann: User, guard: Product) -> None:
    first, second = double_click(ann, guard)
    assert first == second == Order.objects.get()


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_lock_the_second_click_is_an_error(ann: User, guard: Product) -> None:
    assert kinds(double_click(ann, guard)) == ["IntegrityError", "Order"]


def test_twin_without_looking_the_key_up_the_second_click_is_an_error(
    ann: User, guard: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orders.actions.purchase.order_bought_with", lambda *_: None)
    assert kinds(double_click(ann, guard)) == ["IntegrityError", "Order"]


def test_two_tabs_of_one_form_are_one_order(
    as_: Callable[[User], Client], ann: User, guard: Product
) -> None:
    page = BuyPage.open(as_(ann), product="guard", term="12", quantity="1")
    tabs = [BuyPage(as_(ann), dict(page.hidden)) for _ in range(2)]
    answers = all_at_once(*[tab.press for tab in tabs])
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert Order.objects.count() == 1


def test_two_forms_are_two_orders(as_: Callable[[User], Client], ann: User, guard: Product) -> None:
    query = {"product": "guard", "term": "12", "quantity": "1"}
    pages = [BuyPage.open(as_(ann), **query) for _ in range(2)]
    assert [page.press().status_code for page in pages] == [303, 303]
    assert Order.objects.count() == 2


def test_a_product_retired_meanwhile_is_not_sold(ann: User, guard: Product) -> None:
    deed = partial(buy, purchase(guard), actor=ann, now=now())
    earlier = now() - timedelta(minutes=1)
    retire = partial(Product.objects.filter(pk=guard.pk).update, retired_at=earlier)
    outcome = after(lock_of(ann, retire), deed)
    assert isinstance(outcome, Refusal)
    assert outcome.field == "product"


def lock_of(ann: User, change: Callable[[], Any]) -> Callable[[], None]:
    """Make a change while holding Acme's account."""

    def held() -> None:
        Account.objects.select_for_update(no_key=True).get(reseller=ann.reseller)
        change()

    return held


def test_mixed_work_at_once_ends_without_a_deadlock(
    ann: User, alice: User, sam: User, guard: Product
) -> None:
    assert ann.reseller
    order = make_order(ann.reseller, quantity=4, payment_type="card", product=guard)
    used = make_active(order.licenses.all()[0])
    deeds: list[Callable[[], Any]] = [
        partial(buy, purchase(guard), actor=ann, now=now()),
        partial(buy, purchase(guard), actor=alice, now=now()),
        partial(change_billing_state, used.uuid, True, actor=ann, now=now()),
        partial(change_billing_state, used.uuid, False, actor=alice, now=now()),
        partial(resend_confirmation, order.number, actor=ann, now=now()),
        partial(
            adjust_balance, ann.reseller.pk, Decimal(5), "Odd", key=a_key(), actor=sam, now=now()
        ),
        partial(
            adjust_balance, ann.reseller.pk, Decimal(-5), "Odd", key=a_key(), actor=sam, now=now()
        ),
        partial(buy, purchase(guard, quantity=3, expected_amount=360), actor=ann, now=now()),
    ]
    outcomes = all_at_once(*deeds)
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert consistent()


def adjustment(ann: User, amount: int, sam: User) -> Callable[[], Any]:
    assert ann.reseller
    deed = partial(adjust_balance, ann.reseller.pk, Decimal(amount), "Odd")
    return partial(deed, key=a_key(), actor=sam, now=now())


def test_the_key_is_looked_up_within_the_company(
    acme: Reseller, globex: Reseller, guard: Product
) -> None:
    order = make_order(acme, key=a_key())
    assert order.key
    assert order_bought_with(order.key, acme) == order
    with pytest.raises(Refusal, match="out of date"):
        order_bought_with(order.key, globex)
    with pytest.raises(IntegrityError):
        make_order(globex, key=order.key)
