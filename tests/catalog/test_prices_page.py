"""The price list: today's prices in one's own currency, with tiers, filters and a file."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Product
from resellers.models import Reseller, User
from tests.factories import PriceFactory, ProductFactory

As = Callable[[User], Client]
HEADER = "Product,Short Name,Family,Term,From Quantity,Price,Currency,Valid From"


@pytest.fixture
def guard(acme: Reseller) -> Product:
    """Guard: 120.00 a year, 100.00 from ten on; 12.50 a month; an older and a later price."""
    product = ProductFactory.create(name="Guard", slug="guard", family="Servers")
    today = acme.day_of(timezone.now())
    PriceFactory.create(product=product)
    PriceFactory.create(product=product, minimum_quantity=10, amount=Decimal("100.00"))
    PriceFactory.create(product=product, term_months=1, amount=Decimal("12.50"))
    for days, amount in ((-9000, "999.00"), (1, "555.00")):
        valid_from = today + timedelta(days=days)
        PriceFactory.create(product=product, amount=Decimal(amount), valid_from=valid_from)
    PriceFactory.create(product=product, currency="USD", amount=Decimal("77.00"))
    return product


def lines(client: Client, **query: str) -> list[tuple[str, int, list[str]]]:
    page = client.get("/prices/", query)
    assert page.status_code == 200
    return [
        (line.product.name, line.term_months, [str(amount) for _, amount in line.cells])
        for line in page.context["list"].lines
    ]


def test_todays_prices_stand_in_tiers(as_: As, bob: User, guard: Product) -> None:
    assert lines(as_(bob)) == [
        ("Guard", 1, ["12.50", "None"]),
        ("Guard", 12, ["120.00", "100.00"]),
    ]


def test_charlie_sees_dollars(as_: As, charlie: User, guard: Product) -> None:
    assert lines(as_(charlie)) == [("Guard", 12, ["77.00"])]


def test_what_is_retired_is_not_listed(as_: As, bob: User, guard: Product) -> None:
    guard.retired_at = timezone.now()
    guard.save()
    assert lines(as_(bob)) == []
    assert "Nothing is on sale" in as_(bob).get("/prices/").text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"product": "guard"}, ["Guard", "Guard"]),
        ({"term": "12"}, ["Anchor", "Guard"]),
        ({"family": "Endpoint"}, ["Anchor"]),
        ({"family": "Servers", "term": "1"}, ["Guard"]),
        ({"product": ""}, ["Anchor", "Guard", "Guard"]),
    ],
)
def test_filters_narrow_the_list(
    as_: As, bob: User, guard: Product, query: dict[str, str], expected: list[str]
) -> None:
    PriceFactory.create(product=ProductFactory.create(name="Anchor", slug="anchor"))
    assert [name for name, _, _ in lines(as_(bob), **query)] == expected


@pytest.mark.parametrize(
    ("name", "value"), [("product", "x"), ("family", "x"), ("term", "x"), ("product", "\0")]
)
def test_a_wrong_filter_is_told_at_its_field(
    as_: As, bob: User, guard: Product, name: str, value: str
) -> None:
    page = as_(bob).get("/prices/", {name: value})
    assert page.status_code == 200
    assert name in page.context["form"].errors
    assert not page.context["list"].lines
    assert as_(bob).get("/prices/", {name: value, "format": "csv"}).status_code == 422


def test_the_file_has_a_row_for_each_tier(as_: As, bob: User, guard: Product) -> None:
    answer = as_(bob).get("/prices/", {"format": "csv", "term": "12"})
    assert answer.content.decode("utf-8-sig").split("\r\n")[:-1] == [
        HEADER,
        "Guard,guard,Servers,12,1,120.00,EUR,2020-01-01",
        "Guard,guard,Servers,12,10,100.00,EUR,2020-01-01",
    ]


def test_only_who_may_buy_is_offered_to(as_: As, bob: User, ann: User, guard: Product) -> None:
    link = "/orders/buy/?product=guard&amp;term=12"
    assert link in as_(ann).get("/prices/").text
    assert link not in as_(bob).get("/prices/").text


def test_the_page_asks_as_much_for_many_prices_as_for_few(
    as_: As, bob: User, guard: Product, django_assert_num_queries: Callable[[int], Any]
) -> None:
    client = as_(bob)
    for _ in range(2):
        with django_assert_num_queries(7):
            client.get("/prices/")
        PriceFactory.create_batch(20)
