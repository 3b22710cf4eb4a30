"""Business words over products and prices."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from catalog.models import Price, Product


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
