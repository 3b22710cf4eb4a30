"""Why something cannot be done with an order: sentences for the person, or None where it can."""

from django.utils.translation import gettext as _

from orders.models import Order, OrderState, PaymentType


def why_no_licenses(order: Order) -> str | None:
    """Say why an order has no licenses (yet)."""
    if order.state == OrderState.CHECKING:
        return _("The card payment is still being checked: there are no licenses yet.")
    if order.state == OrderState.FAILED:
        return _("The payment failed: no licenses were issued.")
    return None


def why_no_links(order: Order) -> str | None:
    """Say why no link of an order can be sent to customers."""
    none_yet = why_no_licenses(order)
    if none_yet or order.available:
        return none_yet
    return _("No license of this order is available any more. Buy more.")


def why_no_card(order: Order) -> str | None:
    """Say why the money of an order by card cannot go back: no payment of a card is known."""
    if order.payment_type != PaymentType.CARD or order.card_payment_id is not None:
        return None
    return _(
        "This order was paid by card before cards were charged here: the vendor's staff can "
        "adjust the balance instead."
    )
