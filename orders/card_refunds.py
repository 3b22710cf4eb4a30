"""Refunds of what was paid by card: the money goes back to the card, not to the balance."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from billing.models import ZERO
from billing.payments.refunding import open_refund
from licenses.models import License, Renewal, RenewalState, Source
from orders.models import Order, PaymentType, Refund
from resellers.models import User


def paid_with(order: Order) -> str:
    """Return in words what paid an order, and gets its money back."""
    if order.card_payment is None:
        return _("the balance")
    return _("the card %(card)s") % {"card": order.card_payment.card}


def why_no_card(order: Order) -> str | None:
    """Say why the money of an order by card cannot go back: no payment of a card is known."""
    if order.payment_type != PaymentType.CARD or order.card_payment_id is not None:
        return None
    return _(
        "This order was paid by card before cards were charged here: the vendor's staff can "
        "adjust the balance instead."
    )


def why_mixed(order: Order, licenses: Iterable[License], today: date) -> str | None:
    """Say why money would go back to two places: a renewal that has not begun was paid apart."""
    ahead = Renewal.objects.for_reseller(order.reseller).filter(
        license__in=licenses, state=RenewalState.PAID, period__starts_on__gt=today
    )
    if order.payment_type == PaymentType.BALANCE:
        ahead = ahead.exclude(source=Source.BALANCE)
    if not ahead.exists():
        return None
    return _(
        "A renewal that has not begun yet was paid apart from this order, by card or from the "
        "balance. Its license cannot be refunded before that period begins; others of the order "
        "can, one by one."
    )


def back_to_card(order: Order, refunds: Sequence[Refund], *, actor: User, now: datetime) -> None:
    """Write down that these refunds go back to the card that paid, once; a worker sends it.

    The account is locked. Raises Refusal for more than the payment has left.
    """
    payment = order.card_payment
    if payment is None:
        raise ValueError(f"No card paid order {order.number}.")
    amount = sum((refund.amount for refund in refunds), ZERO)
    first = min(refunds, key=lambda refund: refund.license_id)
    key = f"refund/{order.number}/{first.license.uuid}"
    open_refund(payment, amount, key=key, actor=actor, now=now)
