"""Why something cannot be done with an order: sentences for the person, or None where it can."""

from django.utils.translation import gettext as _

from orders.models import Order, OrderState


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
