"""The exports of the list hold the rows of the list, in its order, as they are that day."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import override_settings
from django.utils import timezone

from activation.models import Customer
from exports.csv import csv_response
from exports.kinds import kind_named, kinds_for
from orders.models import Order
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User
from tests.factories import (
    DistributionCompanyFactory,
    OrderFactory,
    ProductFactory,
    make_active,
    make_cancelled,
    make_order,
)
from tests.orders.conftest import Finds, SignedIn, first_license

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def exported(kind: str, user: User, query: str, now: datetime | None = None) -> list[list[str]]:
    """Return the cells of an export, header first."""
    found = kind_named(kind)
    rows = found.rows(user, query, now or timezone.now())
    assert user.reseller
    answer = csv_response(rows, found.columns_for(user), filename="x", reseller=user.reseller)
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def first_column(kind: str, user: User, query: str, now: datetime | None = None) -> list[str]:
    """Return the first cells below the header."""
    return [row[0] for row in exported(kind, user, query, now)[1:]]


@pytest.fixture
def order(acme: Reseller, alice: User) -> Order:
    """Bought late in the evening: in Berlin it is already the next day."""
    order = make_order(
        acme,
        quantity=4,
        user=alice,
        number="1234567890",
        product=ProductFactory.create(name="=Guard"),
        distribution_company=DistributionCompanyFactory.create(reseller=acme, name="Nord, AG"),
        payment_type="card",
        amount="1234.50",
        placed_at=datetime(2026, 11, 23, 23, 30, tzinfo=UTC),
    )
    active, grace, cancelled, _available = order.licenses.all()
    make_active(active, ends_on=date(2027, 6, 1))
    make_active(grace, ends_on=date(2026, 11, 20))
    make_cancelled(cancelled)
    return order


@time_machine.travel(NOW, tick=False)
def test_the_columns_of_orders(alice: User, order: Order) -> None:
    header, row = exported("orders", alice, "")
    assert ",".join(header) == (
        "Order Number,Date,User,Product,Term,Quantity,Active,Available,Amount,Currency,"
        "Payment Type,State,Distribution Company"
    )
    assert row == [
        *("1234567890", "2026-11-24", "Alice Arnold", "'=Guard", "12", "4", "1", "1"),
        *("1234.50", "EUR", "Credit card", "Refunded", "Nord, AG"),
    ]


@time_machine.travel(NOW, tick=False)
@override_settings(SITE_URL="https://portal.example")
def test_the_columns_of_license_keys(ann: User, order: Order) -> None:
    license = first_license(order)
    Customer.objects.filter(licenses=license).update(company="Nova")
    header, row, *others = exported("license-keys", ann, "")
    assert ",".join(header) == (
        "Activation Code,From,To,Auto Renew,Recurrent,Distribution Company,Product,Order Number,"
        "Status,Customer,Activation Code Link"
    )
    code = license.activation_code
    assert row == [
        *(code, "2026-06-02", "2027-06-01", "False", "False", "Nord, AG", "'=Guard"),
        *("1234567890", "active", "Nova", f"https://portal.example/activate/{code}/"),
    ]
    assert [other[8] for other in others] == ["grace", "cancelled", "available"]


def test_without_a_filter_it_is_the_day_of_the_request(alice: User, acme: Reseller) -> None:
    """Asked for a minute before midnight in Berlin, written after it."""
    order = make_order(acme, placed_at=datetime(2026, 11, 24, 22, 0, tzinfo=UTC))
    make_order(acme, placed_at=datetime(2026, 11, 24, 23, 0, tzinfo=UTC))
    asked_at = datetime(2026, 11, 24, 22, 59, tzinfo=UTC)
    with time_machine.travel("2026-11-24T23:10:00Z", tick=False):
        assert first_column("orders", alice, "", asked_at) == [order.number]
        assert len(first_column("license-keys", alice, "", asked_at)) == order.quantity


@pytest.mark.parametrize(
    "query",
    [
        "",
        "date_from=",
        "sort=amount",
        "sort=-quantity&date_from=",
        "state=processed&sort=product",
        "search=customer&date_from=",
        "available=true&page=2&page_size=1",
        "expires_from=2026-01-01",
    ],
)
def test_the_rows_are_those_of_the_list(
    finds: Finds, alice: User, acme: Reseller, query: str
) -> None:
    for amount in (30, 10, 20):
        name = f"Product {amount}"
        order = make_order(
            acme, quantity=amount // 10, amount=amount, product=ProductFactory.create(name=name)
        )
        make_active(first_license(order))
    make_order(acme, placed_at=timezone.now() - timedelta(days=500))
    listed = finds(alice, query.replace("page=2&page_size=1", ""))
    assert listed
    assert first_column("orders", alice, query) == listed
    keys = [row[7] for row in exported("license-keys", alice, query)[1:]]
    assert list(dict.fromkeys(keys)) == listed
    assert len(keys) == sum(Order.objects.get(number=number).quantity for number in listed)


def test_a_viewers_search_never_looks_at_codes(bob: User, acme: Reseller) -> None:
    order = make_order(acme, quantity=1)
    code = order.licenses.get().activation_code
    assert first_column("orders", bob, f"search={code}&date_from=") == []


def test_a_viewer_may_export_orders_but_no_license_keys(
    as_: SignedIn, bob: User, ann: User
) -> None:
    kinds = {"orders", "license-keys"}
    assert {kind.slug for kind in kinds_for(bob)} & kinds == {"orders"}
    assert {kind.slug for kind in kinds_for(ann)} & kinds == kinds
    assert as_(bob).post("/exports/license-keys/?date_from=").status_code == 403
    assert as_(bob).post("/exports/orders/?date_from=").status_code == 303


def test_nothing_of_a_stranger(charlie: User, order: Order) -> None:
    assert first_column("orders", charlie, "date_from=") == []
    assert first_column("license-keys", charlie, "date_from=") == []
    with pytest.raises(Refusal, match=r"^User: Choose one of the list\.$"):
        exported("orders", charlie, f"user={order.user_id}")


@pytest.mark.parametrize("query", ["state=x", "date_from=2026-02-31", "search=%00", "sort=x"])
@pytest.mark.parametrize("kind", ["orders", "license-keys"])
def test_a_query_that_is_not_valid_is_refused(
    as_: SignedIn, alice: User, kind: str, query: str
) -> None:
    with pytest.raises(Refusal):
        kind_named(kind).rows(alice, query, timezone.now())
    assert as_(alice).post(f"/exports/{kind}/?{query}").status_code == 422


def test_a_license_cancelled_while_in_use_is_not_active(alice: User, acme: Reseller) -> None:
    order = make_order(acme, quantity=2)
    make_active(first_license(order))
    order.licenses.filter(activated_at__isnull=False).update(cancelled_at=timezone.now())
    assert exported("orders", alice, "")[1][5:8] == ["2", "0", "1"]


def test_an_order_without_licenses_is_a_row_all_the_same(alice: User, acme: Reseller) -> None:
    OrderFactory.create(reseller=acme, user=alice, state="checking", available=0, quantity=2)
    row = exported("orders", alice, "")[1]
    assert row[5:8] == ["2", "0", "0"]
    assert row[11:] == ["Checking payment", ""]
