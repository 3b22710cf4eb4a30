"""What vendor staff enter about products and prices."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import Price, Product
from resellers.models import AuditEvent, User
from tests.factories import PriceFactory, ProductFactory

As = Callable[[User], Client]
ADD_PRICE = "/admin/catalog/price/add/"


def today() -> date:
    """Return today, as the admin site counts."""
    return timezone.now().date()


def price(sold: Product, **changes: object) -> dict[str, object]:
    """Return what is typed for a price."""
    values = {
        "product": sold.pk,
        "term_months": 12,
        "currency": "EUR",
        "minimum_quantity": 1,
        "amount": "99.90",
        "valid_from": today().isoformat(),
    }
    return {**values, **changes}


def product_values(product: Product, **changes: object) -> dict[str, object]:
    """Return what is typed for a product."""
    names = ("name", "slug", "family", "grace_days", "terms_text", "terms_version")
    return {**{name: getattr(product, name) for name in names}, **changes}


def test_sam_enters_a_price_from_today_on(as_: As, sam: User) -> None:
    product = ProductFactory.create()
    assert as_(sam).post(ADD_PRICE, price(product)).status_code == 302
    found = Price.objects.today(product, 12, "EUR", 5, today())
    assert found is not None
    event = AuditEvent.objects.get()
    assert (event.verb, event.about, event.actor) == ("price.added", f"price:{found.pk}", sam)


@pytest.mark.parametrize(
    "changes",
    [
        {"valid_from": "2020-01-01"},
        {"valid_from": "2026-02-30"},
        {"amount": "-1"},
        {"amount": "1.005"},
        {"amount": "9" * 30},
        {"term_months": "0"},
        {"minimum_quantity": "0"},
        {"currency": "XXX"},
        {"product": "x"},
        {"product": "9" * 40},
    ],
)
def test_a_wrong_price_is_refused(as_: As, sam: User, changes: dict[str, object]) -> None:
    page = as_(sam).post(ADD_PRICE, price(ProductFactory.create(), **changes))
    assert (page.status_code, b"errornote" in page.content) == (200, True)
    assert not Price.objects.exists()


def test_the_same_price_twice_is_refused(as_: As, sam: User) -> None:
    product = ProductFactory.create()
    for _ in range(2):
        page = as_(sam).post(ADD_PRICE, price(product))
    assert list(page.context["adminform"].form.errors) == ["valid_from"]
    assert b"begins on that day already" in page.content
    assert Price.objects.count() == 1


def test_a_price_that_has_begun_stays_as_it_is(as_: As, sam: User) -> None:
    begun = PriceFactory.create(valid_from=today())
    path = reverse("admin:catalog_price_change", args=[begun.pk])
    assert as_(sam).post(path, price(begun.product, amount="1.00")).status_code == 403
    assert as_(sam).post(reverse("admin:catalog_price_delete", args=[begun.pk])).status_code == 403
    begun.refresh_from_db()
    assert str(begun.amount) == "120.00"


def test_tomorrows_price_has_begun_already_where_tomorrow_is_today(as_: As, sam: User) -> None:
    tomorrow = PriceFactory.create(valid_from=today() + timedelta(days=1))
    path = reverse("admin:catalog_price_change", args=[tomorrow.pk])
    assert as_(sam).post(path, price(tomorrow.product)).status_code == 403


def test_a_price_to_come_is_changed_and_deleted_on_record(as_: As, sam: User) -> None:
    day = today() + timedelta(days=30)
    coming = PriceFactory.create(valid_from=day)
    path = reverse("admin:catalog_price_change", args=[coming.pk])
    as_(sam).post(path, price(coming.product, amount="1.00", valid_from=day.isoformat()))
    coming.refresh_from_db()
    assert str(coming.amount) == "1.00"
    as_(sam).post(reverse("admin:catalog_price_delete", args=[coming.pk]), {"post": "yes"})
    assert not Price.objects.exists()
    verbs = list(AuditEvent.objects.order_by("pk").values_list("verb", "changes"))
    assert verbs[0] == ("price.changed", {"fields": ["Amount per license"]})
    assert verbs[1][0] == "price.deleted"


def test_other_terms_need_another_version(as_: As, sam: User) -> None:
    product = ProductFactory.create(terms_text="Old.", terms_version="1")
    path = reverse("admin:catalog_product_change", args=[product.pk])
    page = as_(sam).post(path, product_values(product, terms_text="New."))
    assert b"Give them a new version" in page.content
    as_(sam).post(path, product_values(product, terms_text="New.", terms_version="2"))
    product.refresh_from_db()
    assert (product.terms_text, product.terms_version) == ("New.", "2")


def test_a_products_short_name_stays(as_: As, sam: User) -> None:
    product = ProductFactory.create(slug="endpoint")
    path = reverse("admin:catalog_product_change", args=[product.pk])
    as_(sam).post(path, product_values(product, slug="other", name="Other"))
    product.refresh_from_db()
    assert (product.slug, product.name) == ("endpoint", "Other")


def test_sam_enters_a_product(as_: As, sam: User) -> None:
    values = product_values(ProductFactory.build(name="New", slug="new"))
    as_(sam).post("/admin/catalog/product/add/", values)
    assert Product.objects.get(slug="new").name == "New"
