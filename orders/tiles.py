"""What a tile shows of an order, counted for the orders of one page at once."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from licenses.models import License
from orders.models import Order, OrderState
from resellers.models import Reseller


@dataclass(frozen=True)
class Tile:
    """An order with what depends on its licenses and on the day."""

    order: Order
    active: int
    cancelled: int

    @property
    def is_refunded_in_part(self) -> bool:
        """Say whether some licenses were cancelled and others were not."""
        return 0 < self.cancelled < self.order.quantity

    @property
    def state(self) -> str:
        """Return the state in words; of a part refund, how much of it."""
        if self.order.state == OrderState.REFUNDED and self.is_refunded_in_part:
            return _("%(cancelled)s of %(quantity)s refunded") % {
                "cancelled": number_format(self.cancelled, force_grouping=True),
                "quantity": number_format(self.order.quantity, force_grouping=True),
            }
        return str(OrderState(self.order.state).label)


def tile(order: Order, today: date) -> Tile:
    """Return the tile of one order on the reseller's day."""
    active, cancelled = _counts(order.reseller, [order.pk], today).get(order.pk, (0, 0))
    return Tile(order, active, cancelled)


def tiles(reseller: Reseller, keys: list[int], today: date) -> list[Tile]:
    """Return the tiles of the orders with these keys, in the order of the keys: two queries."""
    orders = Order.objects.for_reseller(reseller).with_parts().in_bulk(keys)
    counts = _counts(reseller, keys, today)
    return [Tile(orders[key], *counts.get(key, (0, 0))) for key in keys if key in orders]


def _counts(reseller: Reseller, keys: list[int], today: date) -> dict[int, tuple[int, int]]:
    active = Q(cancelled_at=None, ends_on__gte=today)
    rows = (
        License.objects.for_reseller(reseller)
        .filter(order__in=keys)
        .order_by()
        .values_list("order_id")
        .annotate(
            active=Count("id", filter=active),
            cancelled=Count("id", filter=Q(cancelled_at__isnull=False)),
        )
    )
    return {order: (active, cancelled) for order, active, cancelled in rows}
