"""What can be refunded, and how much of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from billing.models import ZERO
from licenses.models import License, Source
from licenses.querysets import LicenseQuerySet
from licenses.reasons import why_not_refund
from orders.models import Order, RefundPart
from orders.reasons import why_no_card, why_no_licenses
from orders.refund_parts import Way, paid, renewals_ahead, ways, where
from reseller_portal.refusals import Refusal


@dataclass(frozen=True)
class Offer:
    """What can be asked for: how many licenses, how many of them in use, how much money, net."""

    licenses: int
    in_use: int
    ways: list[Way]
    currency: str

    @property
    def amount(self) -> Decimal:
        """Return how much it is in all."""
        return sum((way.amount for way in self.ways), ZERO)

    @property
    def where(self) -> str:
        """Say where it goes."""
        return where(self.ways, self.currency)


def refundable(order: Order, today: date, only: License | None = None) -> LicenseQuerySet:
    """Return the licenses that can be refunded: all that are left of an order, or the one."""
    licenses = License.objects.for_reseller(order.reseller).filter(order=order)
    if only is not None:
        licenses = licenses.filter(pk=only.pk)
    return licenses.refundable(today)


def offer(order: Order, today: date, only: License | None = None) -> Offer:
    """Return what can be asked for now. Raises Refusal, with the reason, if it is nothing."""
    reason = why_not(order, today, only)
    if reason:
        raise Refusal(reason)
    return worth(order, refundable(order, today, only), today)


def worth(order: Order, licenses: LicenseQuerySet, today: date) -> Offer:
    """Return what licenses of an order are worth on the reseller's day `today`."""
    found = licenses.aggregate(licenses=Count("pk"), in_use=Count("activated_at"))
    share = (order.card_payment, order.unit_amount * found["licenses"])
    ahead = renewals_ahead(order, licenses, today)
    back = ways([share, *((payment, paid(renewal)) for renewal, payment in ahead)])
    return Offer(**found, ways=back, currency=order.currency)


def why_not(order: Order, today: date, only: License | None = None) -> str | None:
    """Say why nothing of an order, or why not this license of it, can be refunded."""
    reason = why_no_licenses(order) or why_no_card(order)
    if reason is None and only is not None:
        reason = why_not_refund(only, today)
    elif reason is None and not refundable(order, today).exists():
        reason = _("No license of this order is left that could be refunded.")
    return reason or why_unknown_card(order, refundable(order, today, only), today)


def why_unknown_card(order: Order, licenses: Iterable[License], today: date) -> str | None:
    """Say why the money of a renewal by card cannot go back: its payment is not known."""
    ahead = renewals_ahead(order, licenses, today)
    if all(payment or renewal.source == Source.BALANCE for renewal, payment in ahead):
        return None
    return _(
        "A renewal that has not begun yet was paid by a card that is not known here: the vendor's "
        "staff can adjust the balance instead, once it has begun."
    )


def refuse_more_than_paid(order: Order, amount: Decimal) -> None:
    """Raise Refusal if an amount, and what went back of an order before, are more than it cost.

    Of a renewal all goes back that it cost, and that once.
    """
    before = RefundPart.objects.of_orders().filter(refund__order=order)
    back: Decimal = before.aggregate(total=Sum("amount", default=ZERO))["total"]
    if back + amount > order.amount:
        raise Refusal(_("That is more than was paid for this order. Nothing was refunded."))
