"""What an order cost, with tax, and what was paid back of it."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum

from billing.models import ZERO
from billing.tax import tax_on
from orders.models import Order, Refund


@dataclass(frozen=True)
class Receipt:
    """Net amounts of an order; `refunded` is for `refunded_licenses`, both 0 without a refund."""

    order: Order
    refunded: Decimal
    refunded_licenses: int

    @property
    def back(self) -> Decimal:
        """Return what was paid back, as it is subtracted."""
        return -self.refunded

    @property
    def net(self) -> Decimal:
        """Return what was paid and not paid back."""
        return self.order.amount - self.refunded

    @property
    def tax(self) -> Decimal:
        """Return the tax on it, at the rate of the day of the order."""
        return tax_on(self.net, self.order.tax_rate)

    @property
    def gross(self) -> Decimal:
        """Return it with the tax."""
        return self.net + self.tax


def receipt(order: Order) -> Receipt:
    """Return the receipt of a paid order, as of now."""
    back = Refund.objects.paid_back().filter(order=order)
    found = back.aggregate(total=Sum("amount", default=ZERO), licenses=Count("pk"))
    return Receipt(order, found["total"], found["licenses"])
