"""What can be refunded, and how much of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from billing.models import ZERO
from licenses.models import License, Renewal, RenewalState, Source
from licenses.querysets import LicenseQuerySet
from licenses.reasons import why_not_refund
from orders.models import Order, PaymentType, Refund
from orders.reasons import why_no_licenses
from reseller_portal.refusals import Refusal


@dataclass(frozen=True)
class Offer:
    """What can be asked for: how many licenses, how many of them in use, how much money, net."""

    licenses: int
    in_use: int
    amount: Decimal


def shares(order: Order, licenses: Iterable[License], today: date) -> list[Decimal]:
    """Return what is paid back for each license: its part of the order, so that parts add up.

    A renewal that the balance paid comes on top as long as its period has not begun on the
    reseller's day `today`.
    """
    ahead = _paid_ahead(order, today)
    sums = ahead.order_by().values("license").annotate(sum=Sum("amount"))
    extra = {row["license"]: row["sum"] for row in sums}
    return [order.unit_amount + extra.get(license.pk, ZERO) for license in licenses]


def _paid_ahead(order: Order, today: date) -> QuerySet[Renewal]:
    return _paid(order).filter(period__starts_on__gt=today)


def _paid(order: Order) -> QuerySet[Renewal]:
    renewals = Renewal.objects.for_reseller(order.reseller).filter(license__order=order)
    return renewals.filter(state=RenewalState.PAID, source=Source.BALANCE)


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
    licenses = refundable(order, today, only)
    found = licenses.aggregate(licenses=Count("pk"), in_use=Count("activated_at"))
    ahead = _total(_paid_ahead(order, today).filter(license__in=licenses))
    return Offer(**found, amount=order.unit_amount * found["licenses"] + ahead)


def why_not(order: Order, today: date, only: License | None = None) -> str | None:
    """Say why nothing of an order, or why not this license of it, can be refunded."""
    reason = why_no_licenses(order) or why_not_paid_back(order)
    if reason is None and only is not None:
        return why_not_refund(only, today)
    if reason is None and not refundable(order, today).exists():
        return _("No license of this order is left that could be refunded.")
    return reason


def why_not_paid_back(order: Order) -> str | None:
    """Say why the money of an order cannot go back to where it came from."""
    if order.payment_type == PaymentType.CARD:
        return _(
            "This order was paid by card, and card payments are switched off here: the vendor's "
            "staff can adjust the balance instead."
        )
    return None


def refuse_more_than_paid(order: Order, amount: Decimal) -> None:
    """Raise Refusal if an amount and what was paid back before are more than all that was paid.

    That is the order, and the renewals of its licenses.
    """
    before = _total(Refund.objects.paid_back().filter(order=order))
    if before + amount > order.amount + _total(_paid(order)):
        raise Refusal(_("That is more than was paid for this order. Nothing was refunded."))


def _total(rows: QuerySet[Any]) -> Decimal:
    total: Decimal = rows.aggregate(total=Sum("amount", default=ZERO))["total"]
    return total
