"""What a tile shows of an order, counted for the orders of one page at once."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, Func, OuterRef, Q, QuerySet, Subquery
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
    orders = Order.objects.for_reseller(order.reseller).filter(pk=order.pk)
    return Tile(order, *(orders.values_list(counts(today), flat=True).get() or NONE))


def tiles(reseller: Reseller, keys: QuerySet[Any] | list[int], today: date) -> list[Tile]:
    """Return the tiles of the orders with these keys, in the order of the keys: one query.

    The query of the keys may be given instead of them. What else an opened tile shows of its order
    is left to be loaded there.
    """
    orders = Order.objects.for_reseller(reseller).filter(pk__in=keys).select_related("product")
    shown: Any = orders.only(*SHOWN, "reseller_id", "product__name").annotate(counts=counts(today))
    if isinstance(keys, QuerySet):
        shown = shown.order_by(*keys.query.order_by)
    found = {}
    for order in shown:
        order.reseller = reseller
        found[order.pk] = Tile(order, *(order.counts or NONE))
    return [found[key] for key in (found if isinstance(keys, QuerySet) else keys) if key in found]


SHOWN = ("number", "placed_at", "reference", "quantity", "available", "amount", "currency", "state")
NONE = (0, 0)


def counts(today: date) -> Subquery:
    """Return how many licenses of an order are active and cancelled, as an expression.

    It is a pair, so that the licenses are read once; null for an order without any.
    """
    licenses = License.objects.filter(order=OuterRef("pk"), reseller=OuterRef("reseller"))
    pair = Func(
        Count("id", filter=Q(cancelled_at=None, ends_on__gte=today)),
        Count("id", filter=Q(cancelled_at__isnull=False)),
        template="ARRAY[%(expressions)s]",
        output_field=ArrayField(BigIntegerField()),
    )
    return Subquery(licenses.order_by().values("order_id").annotate(pair=pair).values("pair"))
