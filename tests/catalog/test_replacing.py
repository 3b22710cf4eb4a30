"""Prices that follow each other: what holds today, what is to come, and what was."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import Price, Product
from catalog.validity import Validity, courses, validity
from resellers.models import AuditEvent, User
from tests.factories import PriceFactory, ProductFactory

As = Callable[[User], Client]
DAY = date(2026, 11, 24)


def today() -> date:
    """Return today, as the admin site counts."""
    return timezone.now().date()


def replacing(price: Price) -> str:
    """Return the address of the button."""
    return reverse("admin:catalog_price_replace", args=[price.pk])


@pytest.fixture
def old() -> Price:
    """A price that things were sold by: 120.00."""
    return PriceFactory.create()


def test_sam_replaces_a_price_from_a_day_on(as_: As, sam: User, old: Price) -> None:
    day = today() + timedelta(days=10)
    answer = as_(sam).post(replacing(old), {"amount": "99.00", "valid_from": day.isoformat()})
    assert answer.headers["Location"] == f"/admin/catalog/product/{old.product_id}/change/"
    old.refresh_from_db()
    assert str(old.amount) == "120.00"
    for on, amount in ((day - timedelta(days=1), "120.00"), (day, "99.00")):
        found = Price.objects.today(old.product, 12, "EUR", 1, on)
        assert found
        assert str(found.amount) == amount
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor, event.changes) == ("price.added", sam, {"replaces": old.pk})


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"amount": "-1"}, "amount"),
        ({"amount": ""}, "amount"),
        ({"valid_from": "2020-01-01"}, "valid_from"),
        ({"valid_from": "x"}, "valid_from"),
    ],
)
def test_a_wrong_replacement_is_said_at_its_field(
    as_: As, sam: User, old: Price, typed: dict[str, str], field: str
) -> None:
    values = {"amount": "99.00", "valid_from": today().isoformat(), **typed}
    page = as_(sam).post(replacing(old), values)
    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
    assert Price.objects.count() == 1


def test_a_day_that_has_its_price_is_refused_at_the_day(as_: As, sam: User, old: Price) -> None:
    values = {"amount": "99.00", "valid_from": today().isoformat()}
    client = as_(sam)
    client.post(replacing(old), values)
    page = client.post(replacing(old), {**values, "amount": "98.00"})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["valid_from"])
    assert Price.objects.count() == 2


def test_what_is_over_is_not_replaced(as_: As, sam: User, old: Price) -> None:
    PriceFactory.create(product=old.product, valid_from=today())
    assert "Another price holds since" in as_(sam).get(replacing(old)).content.decode()


def test_the_products_page_shows_each_course(as_: As, sam: User, old: Price) -> None:
    PriceFactory.create(product=old.product, valid_from=today(), amount=Decimal("130.00"))
    coming = today() + timedelta(days=30)
    PriceFactory.create(product=old.product, valid_from=coming, amount=Decimal("140.00"))
    PriceFactory.create(valid_from=today(), amount=Decimal("555.00"))
    path = reverse("admin:catalog_product_change", args=[old.product_id])
    page = as_(sam).get(path).content.decode()
    at = [page.index(amount) for amount in ("130.00", "140.00", "120.00")]
    assert at == sorted(at)
    assert "555.00" not in page


def test_a_product_without_prices_says_so(as_: As, sam: User) -> None:
    product: Product = ProductFactory.create()
    path = reverse("admin:catalog_product_change", args=[product.pk])
    page = as_(sam).get(path).content.decode()
    assert "It has no price yet" in page
    assert f"/admin/catalog/price/add/?product={product.pk}" in page


@pytest.mark.parametrize(
    ("kept", "amounts"), [("applies", ["2.00"]), ("to_come", ["3.00"]), ("over", ["1.00"])]
)
def test_the_list_is_narrowed_to_what_holds(
    as_: As, sam: User, kept: str, amounts: list[str]
) -> None:
    product = ProductFactory.create()
    for days, amount in ((-9, "1.00"), (0, "2.00"), (9, "3.00")):
        day = today() + timedelta(days=days)
        PriceFactory.create(product=product, valid_from=day, amount=Decimal(amount))
    path = reverse("admin:catalog_price_changelist")
    rows = as_(sam).get(path, {"validity": kept}).context["cl"].result_list
    assert [str(row.amount) for row in rows] == amounts


@pytest.mark.parametrize(
    ("begins", "followed", "expected"),
    [
        (0, None, Validity.APPLIES),
        (0, 1, Validity.APPLIES),
        (-1, 0, Validity.OVER),
        (1, None, Validity.TO_COME),
        (-9, 9, Validity.APPLIES),
    ],
)
def test_a_price_holds_until_the_day_before_the_next(
    begins: int, followed: int | None, expected: Validity
) -> None:
    next_on = None if followed is None else DAY + timedelta(days=followed)
    assert validity(DAY + timedelta(days=begins), next_on, DAY) == expected


def test_courses_agree_with_the_price_that_a_purchase_gets(db: None) -> None:
    product = ProductFactory.create()
    for tier in (1, 10):
        for days in (-20, -10, 0, 10):
            PriceFactory.create(
                product=product,
                minimum_quantity=tier,
                valid_from=DAY + timedelta(days=days),
                amount=Decimal(100 + tier + days),
            )
    for course in courses(product.prices.all(), DAY):
        quantity = course.minimum_quantity
        assert course.now == Price.objects.today(product, 12, "EUR", quantity, DAY)
        assert (len(course.to_come), len(course.over)) == (1, 2)
