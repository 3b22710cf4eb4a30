"""What an order cost, with tax, and what was paid back of it."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum

from billing.models import ZERO
from billing.tax import tax_on
from orders.models import Order, RefundPart
from orders.querysets import RefundPartQuerySet
from orders.refund_parts import Way, ways, where


@dataclass(frozen=True)
class Receipt:
    """Net amounts of an order; `refunded` is for `refunded_licenses`, both 0 without a refund.

    What renewals cost is on no receipt; `renewals_back` says where of them money went back to.
    """

    order: Order
    refunded: Decimal
    refunded_licenses: int
    renewals_back: list[Way]

    @property
    def where(self) -> str:
        """Say where the money of the order went back to: where it came from."""
        return where(ways([(self.order.card_payment, self.refunded)]))

    @property
    def renewals_refunded(self) -> Decimal:
        """Return what went back of renewals of its licenses."""
        return sum((way.amount for way in self.renewals_back), ZERO)

    @property
    def renewals_where(self) -> str:
        """Say where that went back to."""
        return where(self.renewals_back, self.order.currency)

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
    parts = RefundPart.objects.for_reseller(order.reseller).filter(refund__order=order)
    shares = parts.of_orders().aggregate(total=Sum("amount", default=ZERO), licenses=Count("pk"))
    return Receipt(order, shares["total"], shares["licenses"], _ways(parts.of_renewals()))


def _ways(parts: RefundPartQuerySet) -> list[Way]:
    found = parts.select_related("card_refund__payment__card").order_by("pk")
    return ways(
        (part.card_refund.payment if part.card_refund else None, part.amount) for part in found
    )
