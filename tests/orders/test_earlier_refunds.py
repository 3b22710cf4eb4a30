"""Refunds from before there were parts get theirs as the database is migrated."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from licenses.models import License, Renewal
from orders.models import Refund
from resellers.models import Reseller, User
from tests.factories import make_active, make_order

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE, AFTER = "0005_refund_parts", "0006_refunds_are_their_parts"
MIDDAY = datetime(2026, 5, 10, 12, tzinfo=UTC)


def migrate(name: str) -> None:
    MigrationExecutor(connection).migrate([("orders", name)])


@pytest.fixture(autouse=True)
def _before() -> Iterator[None]:
    migrate(BEFORE)
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.fixture
def license(acme: Reseller) -> License:
    """A license of 10.00 a month since 31 March, with renewals of 11.00 and 12.00 for 2 months."""
    order = make_order(acme, quantity=2, term_months=1, unit_amount=Decimal(10), amount=Decimal(20))
    license = make_active(
        order.licenses.all()[0], activated_at=datetime(2026, 3, 31, 12, tzinfo=UTC)
    )
    for number, (begins, ends) in enumerate(
        [(date(2026, 4, 30), date(2026, 5, 30)), (date(2026, 5, 31), date(2026, 6, 29))], start=1
    ):
        renewal = Renewal.objects.create(
            reseller=acme,
            license=license,
            number=number,
            state="paid",
            amount=10 + number,
            source="balance",
            settled_at=MIDDAY,
        )
        license.periods.create(
            reseller=acme, number=number, starts_on=begins, ends_on=ends, renewal=renewal
        )
    return license


def refund(license: License, sam: User, amount: str, at: datetime = MIDDAY) -> Refund:
    return Refund.objects.create(
        reseller=license.reseller,
        order=license.order,
        license=license,
        amount=Decimal(amount),
        state="approved",
        decided_by=sam,
        decided_at=at,
    )


def parts(refund: Refund) -> list[tuple[int, float]]:
    """Return the parts: the renewal's number, 0 for the order's, and the amount."""
    rows = refund.parts.values_list("renewal__number", "amount")
    return sorted((number or 0, float(amount)) for number, amount in rows)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("10.00", [(0, 10)]),
        ("22.00", [(0, 10), (2, 12)]),
        ("33.00", [(0, 10), (1, 11), (2, 12)]),
    ],
)
def test_the_amount_says_which_renewals_went_back(
    license: License, sam: User, amount: str, expected: list[tuple[int, int]]
) -> None:
    old = refund(license, sam, amount)
    migrate(AFTER)
    assert parts(old) == expected


@pytest.mark.parametrize("amount", ["0.00", "5.00", "21.00", "99.00"])
def test_an_amount_that_nothing_explains_stays_whole(
    license: License, sam: User, amount: str
) -> None:
    old = refund(license, sam, amount)
    migrate(AFTER)
    assert parts(old) == [(0, float(amount))]


def test_the_zone_of_today_says_nothing_of_the_day_then(
    acme: Reseller, license: License, sam: User
) -> None:
    """In Berlin the last period had begun half an hour ago; then the company moved to New York."""
    old = refund(license, sam, "10.00", datetime(2026, 5, 30, 22, 30, tzinfo=UTC))
    Reseller.objects.filter(pk=acme.pk).update(time_zone="America/New_York")
    migrate(AFTER)
    assert parts(old) == [(0, 10)]
