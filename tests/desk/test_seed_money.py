"""The money of the sample data: enough of it, and every entry has its reason."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Min
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from billing.models import Account, BalanceEntry, Card, CardPayment, EntryKind
from catalog.models import Price
from desk.seed.run import seed
from desk.seed.sizes import Sizes
from licenses.calendar import months_after, period_days
from licenses.models import License
from orders.models import Order, RefundPart
from resellers.models import Reseller
from tests.desk.seeding import rolled_back

NOW = timezone.now()
SIZES = Sizes(resellers=6, orders=400, licenses_per_order=10, seed=1)


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Sample data as `make run` makes it."""
    with django_db_blocker.unblock(), rolled_back():
        seed(SIZES, now=NOW, say=lambda _: None)
        yield


def due(reseller: Reseller) -> Decimal:
    """Return what falls due in the next 13 months at today's prices."""
    today = reseller.day_of(NOW)
    horizon = months_after(today, 13)
    licenses = License.objects.for_reseller(reseller).activated().filter(recurrent=True)
    total = Decimal(0)
    for license in licenses.select_related("order", "product"):
        order = license.order
        assert license.anchor_on
        assert license.ends_on
        number, ends_on = license.periods.count(), license.ends_on
        price = Price.objects.today(
            license.product, order.term_months, order.currency, order.quantity, today
        )
        assert price
        while ends_on - timedelta(days=7) <= horizon:
            total += price.amount
            ends_on = period_days(license.anchor_on, order.term_months, number)[1]
            number += 1
    return total


@pytest.mark.usefixtures("seeded")
def test_orders_by_card_have_their_payments() -> None:
    """What is not known is with staff: no job is late right after the seed."""
    by_card = Order.objects.filter(payment_type="card").select_related("card_payment__card")
    states = {(order.state, payment.state) for order, payment in paid_with(by_card)}
    assert states == {
        ("processed", "succeeded"),
        ("refunded", "succeeded"),
        ("checking", "parked"),
        ("failed", "declined"),
    }
    assert not CardPayment.objects.exclude(next_check_at=None).exists()


def paid_with(orders: Iterable[Order]) -> Iterator[tuple[Order, CardPayment]]:
    for order in orders:
        assert order.card_payment
        yield order, order.card_payment


@pytest.mark.usefixtures("seeded")
def test_some_refunds_went_back_to_a_card_and_to_the_balance() -> None:
    to_balance = RefundPart.objects.of_renewals().filter(card_refund=None)
    mixed = to_balance.filter(refund__order__payment_type="card")
    assert mixed.filter(reseller__name="Acme").exists()
    assert all(part.refund.parts.exclude(card_refund=None).exists() for part in mixed)


@pytest.mark.usefixtures("seeded")
def test_acme_has_a_default_card_that_lasts() -> None:
    card = Card.objects.default_of(Reseller.objects.get(name="Acme"))
    assert card
    assert not card.expires_soon(NOW.date())
    assert card.token.startswith("pm_sample_4242_")


@pytest.mark.usefixtures("seeded")
def test_acme_has_20_000_more_than_falls_due_in_13_months() -> None:
    account = Account.objects.get(reseller__name="Acme")
    assert due(account.reseller) > 1000
    assert account.balance >= due(account.reseller) + 20_000
    assert account.credit_limit == 0


@pytest.mark.usefixtures("seeded")
def test_every_account_begins_with_a_deposit_and_was_never_below_zero() -> None:
    for account in Account.objects.all():
        entries = BalanceEntry.objects.for_reseller(account.reseller).in_ledger_order()
        first = entries.first()
        assert first is not None
        assert first.kind == EntryKind.DEPOSIT
        lowest = entries.aggregate(lowest=Min("balance_after"))["lowest"]
        assert lowest >= 0
        assert not account.is_parked


@pytest.mark.usefixtures("seeded")
def test_a_year_of_orders_was_paid_from_the_balance() -> None:
    year = Order.objects.filter(placed_at__gte=NOW - timedelta(days=365), payment_type="balance")
    paid = {order.number for order in year if order.has_licenses}
    entries = BalanceEntry.objects.filter(kind=EntryKind.PURCHASE)
    assert paid <= set(entries.values_list("reference", flat=True))
    assert len(paid) > 50


@pytest.mark.usefixtures("seeded")
def test_entries_lie_in_the_past_in_their_order() -> None:
    assert not BalanceEntry.objects.filter(at__gt=NOW).exists()
    rows = list(BalanceEntry.objects.order_by("account", "sequence").values_list("account", "at"))
    assert rows == sorted(rows)
