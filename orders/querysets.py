"""Business words over many orders."""

from datetime import date
from typing import TYPE_CHECKING, Self

from resellers.querysets import ResellerQuerySet

if TYPE_CHECKING:
    from orders.models import Order  # noqa: F401 (ruff does not see the base class's parameter)
    from resellers.models import Reseller


class OrderQuerySet(ResellerQuerySet["Order"]):
    """Orders."""

    def placed_between(
        self, reseller: "Reseller", first: date | None = None, last: date | None = None
    ) -> Self:
        """Keep the orders of whole days of the reseller, both inclusive; None is no bound."""
        rows = self
        if first is not None:
            rows = rows.filter(placed_at__gte=reseller.day_begins(first))
        if last is not None:
            rows = rows.filter(placed_at__lt=reseller.day_ends(last))
        return rows

    def with_available(self) -> Self:
        """Keep the orders that still have licenses for resale."""
        return self.filter(available__gt=0)
