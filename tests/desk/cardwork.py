"""Everything that is done with cards, under way at once, and what must have come of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django.db import transaction
from django.utils import timezone

from billing.models import Account, BalanceEntry, CardPayment, CardRefund
from billing.payments import charge
from billing.tasks import check_payment, sweep
from desk.verify.registry import check_all
from licenses.models import License, Renewal
from licenses.tasks import renew_for
from orders.actions import begin_card_purchase, refund_order
from orders.models import Order, OrderState
from resellers.models import Reseller, User
from tests.billing.cards import begin, make_card
from tests.gateway import Gateway
from tests.licenses.renewals import TODAY, make_due
from tests.orders.shop import now, open_shop, purchase
from tests.processes import eventually
from tests.races import wait_for

PAYMENTS, REFUNDS = "/v1/payment_intents*", "/v1/refunds*"
SHORT: dict[str, Any] = {
    "CARD_LEASE_SECONDS": 8,
    "CARD_CHECK_SECONDS": [1] * 7,
    "SWEEP_EVERY_SECONDS": 0.5,
    "RENEW_EVERY_SECONDS": 1,
}
PATIENT = SHORT | {"STRIPE_TIMEOUT_SECONDS": [1, 60]}
HASTY = SHORT | {"STRIPE_TIMEOUT_SECONDS": [1, 0.5]}


@dataclass
class Works:
    """Works of one company that processes do at once, each with one request to the gateway."""

    gateway: Gateway
    acme: Reseller
    count: ClassVar[int]
    done_before: ClassVar[int] = 0

    def start(self, fault: str = "") -> None:
        """Let them begin; a `fault` leaves each where it asks the gateway."""
        raise NotImplementedError

    def hold(self) -> None:
        """Lock, in the open transaction, what each needs to write its end down."""
        Account.objects.select_for_update().get(reseller=self.acme)

    def moved(self) -> list[str]:
        """Return the key of everything that the gateway took or gave back."""
        moved = [*self.gateway.charges(), *self.gateway.refunds()]
        return sorted(each["key"] for each in moved)

    def times(self) -> float:
        """Return how often the gateway did each work, on average."""
        return (len(self.moved()) - self.done_before) / self.count

    def all_asked(self) -> None:
        """Wait until every fault has met its request."""
        eventually(lambda: not self.gateway.ask("GET", "faults"), 60)

    def is_settled(self) -> bool:
        """Say whether the portal knows how everything ended."""
        is_open = CardPayment.objects.open().exists()
        return not is_open and not CardRefund.objects.filter(settled_at=None).exists()

    def assert_done_once(self) -> None:
        """Each was charged or paid back once, and every rule holds; one was a deposit of 50.00."""
        rows = [*CardPayment.objects.all(), *CardRefund.objects.all()]
        assert len(rows) == self.count + self.done_before
        assert self.moved() == sorted(row.key for row in rows)
        assert {str(row.state) for row in rows} == {"succeeded"}
        entry = BalanceEntry.objects.get()
        assert (entry.kind, entry.amount) == ("deposit", Decimal("50.00"))
        assert [result.name for result in check_all() if result.rows] == []


@dataclass
class WorkersWorks(Works):
    """A deposit and a purchase of unknown outcome, a renewal that is due, money to be given back.

    The order of which it is given back was paid before.
    """

    deposit: CardPayment
    purchase: CardPayment
    license: License
    count = 4
    done_before = 1

    def start(self, fault: str = "") -> None:
        """Wake workers; a pass with something to charge wakes the one that sees to the rest."""
        if fault:
            self.gateway.fault(fault, PAYMENTS, times=2)
        for payment in (self.deposit, self.purchase):
            check_payment.delay(payment.pk)
        if fault:
            self.all_asked()
            self.gateway.fault(fault, PAYMENTS)
            self.gateway.fault(fault, REFUNDS)
        renew_for.delay(self.acme.pk)
        if fault:
            self.all_asked()
        else:
            sweep.delay()

    def hold(self) -> None:
        """Lock the account and the refund."""
        super().hold()
        CardRefund.objects.select_for_update().get()

    def assert_done_once(self) -> None:
        """Each has had its effect once, too."""
        super().assert_done_once()
        order = Order.objects.get(card_payment=self.purchase)
        assert (order.state, order.licenses.count()) == (OrderState.PROCESSED, 1)
        assert Renewal.objects.get().state == "paid"
        assert self.license.periods.count() == 2


def make_works(gateway: Gateway, acme: Reseller, alice: User, sam: User) -> WorkersWorks:
    """Return a company with an empty account, a card, and all that work waiting."""
    card, guard = make_card(gateway, acme), open_shop(acme, "0.00")
    wish = purchase(guard, quantity=2, expected_amount=Decimal(240))
    paid = charge(begin_card_purchase(wish, card, actor=alice, now=now()))
    order = Order.objects.get(card_payment=paid)
    refund_order(order.number, order.licenses.all()[0].uuid, "Odd", actor=sam, now=now())
    [license] = make_due(acme, (acme.day_of(now()) - TODAY).days + 5)
    return WorkersWorks(
        gateway,
        acme,
        unknown(gateway, begin(card, actor=alice)),
        unknown(gateway, begin_card_purchase(purchase(guard), card, actor=alice, now=now())),
        license,
    )


def unknown(gateway: Gateway, payment: CardPayment) -> CardPayment:
    """Let the gateway not answer to a payment, which a worker may look at now."""
    gateway.fault("timeout_before", seconds=2)
    left = charge(payment)
    assert left.state == "unknown"
    CardPayment.objects.filter(pk=left.pk).update(next_check_at=timezone.now())
    return left


@contextmanager
def holding(hold: Callable[[], None]) -> Iterator[None]:
    """Hold rows until the end of the block; who needs them waits."""
    with transaction.atomic(durable=True):
        hold()
        yield
        transaction.set_rollback(True)


@contextmanager
def before_the_gateway_did_it(works: Works) -> Iterator[None]:
    """The gateway was asked and has done nothing yet."""
    works.start("timeout_before")
    assert works.times() == 0
    yield


@contextmanager
def before_the_answer(works: Works) -> Iterator[None]:
    """The gateway has done it, and says nothing."""
    works.start("timeout_after")
    eventually(lambda: works.times() == 1)
    yield


@contextmanager
def before_the_commit(works: Works) -> Iterator[None]:
    """The gateway has answered; what follows from it is about to be written down."""
    works.start("slow")
    with holding(works.hold):
        works.gateway.clear_faults()
        wait_for(works.count)
        assert works.times() == 1
        yield
