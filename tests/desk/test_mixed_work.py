"""Ten people and workers at once, each with another work: nobody waits for ever."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from activation.actions import activate_for_existing, send_link
from activation.sending import Recipient
from billing.actions import book_transfer
from billing.steps import lock_account
from desk.verify.registry import check_all
from licenses.actions import change_billing_state, replace_code
from licenses.models import License
from licenses.renewing.engine import renew_reseller
from mailing.models import Mail
from orders.actions import ask_refund, buy, refund_order, resend_confirmation
from orders.models import Order
from orders.steps import lock_order, reseller_of_order
from resellers.models import Reseller, User
from tests.factories import CustomerFactory, make_active
from tests.orders.shop import now, open_shop, purchase
from tests.races import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(acme: Reseller, ann: User) -> Order:
    """Ann bought ten licenses; three are in use and due today, and there is money for more."""
    guard = open_shop(acme, "9000.00")
    order = buy(
        purchase(guard, quantity=10, recurrent=True, expected_amount=Decimal(1000)),
        actor=ann,
        now=now(),
    )
    an_hour_ago = now() - timedelta(hours=1)  # so that it may be sent again
    Mail.objects.update(state="done", queued_at=an_hour_ago, sent_at=an_hour_ago)
    for license in order.licenses.order_by("pk")[:3]:
        license.order = order
        make_active(license, ends_on=acme.day_of(now()))
    return order


def at_work(order: Order, ann: User, sam: User) -> list[Callable[[], Any]]:
    """Return ten works on one order: five of them write to the ledger."""
    licenses, reseller = list(order.licenses.order_by("pk")), order.reseller
    customer = CustomerFactory.create(reseller=reseller)
    return [
        partial(buy, purchase(order.product), actor=ann, now=now()),
        partial(activate_for_existing, licenses[4].uuid, customer.email, actor=ann, now=now()),
        partial(refund_order, order.number, licenses[1].uuid, "Odd", actor=sam, now=now()),
        partial(renew_reseller, reseller, reseller.day_of(now()), now=now()),
        partial(change_billing_state, licenses[2].uuid, False, actor=ann, now=now()),
        partial(resend_confirmation, order.number, actor=ann, now=now()),
        partial(book_transfer, reseller.pk, Decimal(10), "NTRF 1", actor=sam, now=now()),
        partial(call_command, "verify", verbosity=0),
        partial(send_link, licenses[5].uuid, Recipient("n@n.example"), "", actor=ann, now=now()),
        partial(replace_code, licenses[6].uuid, actor=ann, now=now()),
    ]


@pytest.mark.parametrize("turn", range(5))
def test_ten_works_at_once_end_without_a_deadlock(
    order: Order, ann: User, sam: User, turn: int
) -> None:
    outcomes = all_at_once(*at_work(order, ann, sam))
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert License.objects.get(pk=order.licenses.order_by("pk")[0].pk).periods.count() == 2
    assert [result.name for result in check_all() if result.rows] == []


def test_twin_with_the_locks_the_other_way_round_one_of_two_is_a_deadlock(
    order: Order, ann: User, sam: User, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sam's refund takes the order before the account; Alice's wish as everybody does."""
    met = Barrier(2, timeout=10)

    def either_way(number: str, actor: User) -> Any:
        reseller = reseller_of_order(number, actor)
        if actor.is_staff:
            locked = lock_order(number, actor)
            met.wait()
            return lock_account(reseller), locked
        account = lock_account(reseller)
        met.wait()
        return account, lock_order(number, actor)

    monkeypatch.setattr("orders.actions.refunds._locked", either_way)
    deeds = [
        partial(refund_order, order.number, None, "Odd", actor=sam, now=timezone.now()),
        partial(ask_refund, order.number, None, "Odd", actor=alice, now=timezone.now()),
    ]
    outcomes = all_at_once(*deeds)
    assert not any(isinstance(outcome, BrokenBarrierError) for outcome in outcomes)
    [deadlock] = [outcome for outcome in outcomes if isinstance(outcome, OperationalError)]
    assert "deadlock detected" in str(deadlock)
