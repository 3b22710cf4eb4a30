"""Business words over products and prices."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery

if TYPE_CHECKING:
    from catalog.models import Price, Product


class ProductQuerySet(models.QuerySet["Product"]):
    """Products."""

    def on_sale(self, now: datetime) -> Self:
        """Keep those that can be bought: not retired yet."""
        return self.filter(still_sold("", now))


def still_sold(path: str, now: datetime) -> Q:
    """Return the condition that the product at the end of a path is not retired yet."""
    return Q(**{f"{path}retired_at": None}) | Q(**{f"{path}retired_at__gt": now})


class PriceQuerySet(models.QuerySet["Price"]):
    """Prices."""

    def for_purchase(
        self, product: "Product", term_months: int, currency: str, quantity: int
    ) -> Self:
        """Keep every price, of any date, of the tiers that a quantity reaches."""
        return self.filter(
            product=product,
            term_months=term_months,
            currency=currency,
            minimum_quantity__lte=quantity,
        )

    def today(
        self, product: "Product", term_months: int, currency: str, quantity: int, day: date
    ) -> "Price | None":
        """Return the price per license that holds on a day, or None if there is none.

        Of the prices that have begun, the newest of the highest tier that the quantity reaches.
        """
        begun = self.for_purchase(product, term_months, currency, quantity)
        return (
            begun.filter(valid_from__lte=day).order_by("-minimum_quantity", "-valid_from").first()
        )

    def amount_today(self, day: date, *, product: str, order: str) -> Subquery:
        """Return `today`'s amount as an expression of rows with paths to a product and an order."""
        begun = self.filter(
            product=OuterRef(product),
            term_months=OuterRef(f"{order}__term_months"),
            currency=OuterRef(f"{order}__currency"),
            minimum_quantity__lte=OuterRef(f"{order}__quantity"),
            valid_from__lte=day,
        )
        return Subquery(begun.order_by("-minimum_quantity", "-valid_from").values("amount")[:1])

    def in_force(self, currency: str, day: date) -> Self:
        """Keep the price list of a day: each product, term and tier once, as last set."""
        begun = self.filter(currency=currency, valid_from__lte=day)
        newer = self.model._default_manager.filter(
            product=OuterRef("product"),
            term_months=OuterRef("term_months"),
            currency=currency,
            minimum_quantity=OuterRef("minimum_quantity"),
            valid_from__lte=day,
            valid_from__gt=OuterRef("valid_from"),
        )
        return begun.filter(~Exists(newer))

    def of_products_on_sale(self, now: datetime) -> Self:
        """Keep those of products that can be bought."""
        return self.filter(still_sold("product__", now))

    def with_end(self) -> Self:
        """Add `followed_on`: the day from which another price holds instead, if one follows."""
        followers = self.model._default_manager.filter(
            product=OuterRef("product"),
            term_months=OuterRef("term_months"),
            currency=OuterRef("currency"),
            minimum_quantity=OuterRef("minimum_quantity"),
            valid_from__gt=OuterRef("valid_from"),
        )
        followed = followers.order_by("valid_from").values("valid_from")[:1]
        return self.annotate(followed_on=Subquery(followed))

    def in_list_order(self) -> Self:
        """Sort as a price list is read: by product, then term, then tier."""
        return self.order_by(F("product__name"), "product", "term_months", "minimum_quantity")
