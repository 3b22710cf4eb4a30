"""What a page costs the database does not grow with the page, the company or its orders."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders.models import Order
from resellers.models import Reseller, User
from resellers.steps import record
from tests.factories import (
    DistributionCompanyFactory,
    LicenseFactory,
    OrderFactory,
    UserFactory,
    make_active,
    make_order,
)
from tests.orders.conftest import SignedIn, shown

Count = Callable[[str], int]


@pytest.fixture
def client(as_: SignedIn, alice: User) -> Client:
    """Alice's browser."""
    return as_(alice)


@pytest.fixture
def queries(client: Client) -> Count:
    """Count what one request asks the database."""

    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    return count


def many_orders(acme: Reseller, count: int) -> list[Order]:
    """Return orders of different people and partners, each with a license in use."""
    orders = []
    for _ in range(count):
        user = UserFactory.create(reseller=acme)
        company = DistributionCompanyFactory.create(reseller=acme)
        order = OrderFactory.create(reseller=acme, user=user, distribution_company=company)
        make_active(LicenseFactory.create(order=order))
        orders.append(order)
    return orders


def test_a_hundred_tiles_cost_as_much_as_twenty_five(
    queries: Count, client: Client, acme: Reseller
) -> None:
    many_orders(acme, 101)
    assert len(shown(client.get("/orders/?page_size=100").text)) == 100
    few = queries("/orders/")
    assert few == queries("/orders/?page_size=100") == queries("/orders/?page=last") == 6


def test_orders_of_many_licenses_cost_as_much_as_small_ones(queries: Count, acme: Reseller) -> None:
    order = make_order(acme, quantity=1)
    small = queries("/orders/"), queries(f"/orders/{order.number}/")
    large = make_order(acme, quantity=60)
    for license in large.licenses.all()[:30]:
        make_active(license)
    assert (queries("/orders/"), queries(f"/orders/{large.number}/")) == small


@pytest.mark.parametrize(
    "query",
    [
        "date_from=2020-01-01",
        "search=customer",
        "reference=PO",
        "available=true",
        "expires_from=2026-01-01",
        "activated_from=2026-01-01",
        "state=processed&sort=product",
    ],
)
def test_each_filter_costs_the_same_in_a_large_company(
    queries: Count, acme: Reseller, query: str
) -> None:
    many_orders(acme, 1)
    small = queries(f"/orders/?{query}")
    many_orders(acme, 12)
    assert queries(f"/orders/?{query}") == small


def test_the_history_costs_the_same_however_long(
    queries: Count, acme: Reseller, alice: User
) -> None:
    order = make_order(acme, quantity=2)
    first, second = (str(make_active(license).uuid) for license in order.licenses.all())
    record("license.activated", first, reseller=acme, actor=alice)
    short = queries(f"/orders/{order.number}/")
    for about in (first, second, second):
        record("license.activated", about, reseller=acme, actor=alice)
    assert queries(f"/orders/{order.number}/") == short


def test_counting_stops_in_a_large_company(
    client: Client, acme: Reseller, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reseller_portal.lists.EXACT", 3)
    OrderFactory.create_batch(6, reseller=acme, user=alice)
    with CaptureQueriesContext(connection) as captured:
        client.get("/orders/?page_size=2")
    counts = [query["sql"] for query in captured if "COUNT(*)" in query["sql"]]
    assert len(counts) == 1
    assert "LIMIT 4" in counts[0]
