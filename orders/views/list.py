"""Licenses Purchased: the orders as tiles."""

from typing import Any

from django.db.models import QuerySet, Sum
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _, ngettext

from exports.menu import ExportItem
from orders.body import body
from orders.empty import empty
from orders.filters import OrderFilter
from orders.menus import exports_of
from orders.models import Order
from orders.tiles import Tile, tiles
from reseller_portal.empty import Empty
from reseller_portal.lists import Pages
from reseller_portal.tile_lists import TileList


def in_stock(orders: QuerySet[Order]) -> str:
    """Return how many licenses of these orders are for resale."""
    count = orders.aggregate(licenses=Sum("available", default=0))["licenses"]
    said = ngettext("%(count)s license available", "%(count)s licenses available", count)
    return said % {"count": number_format(count, force_grouping=True)}


class OrderList(TileList):
    """One tile for each order that matches; today's, unless others are asked for."""

    template = "orders/list.html"
    filters = OrderFilter
    title, noun, dates = _("Licenses Purchased"), _("Orders"), _("Purchase date")
    tile = "orders/tile.html"

    def shown(self, keys: Any) -> list[Tile]:
        """Return the tiles of a page."""
        return tiles(self.reseller, keys, self.today)

    def opened(self, shown: list[Tile], name: str) -> dict[str, Any]:
        """Return the body of the order with this number."""
        if name not in {tile.order.number for tile in shown}:
            return {}
        orders = Order.objects.for_reseller(self.reseller).with_parts()
        return body(orders.get(number=name), self.user, self.now)

    def exports(self, filters: OrderFilter, pages: Pages) -> list[ExportItem]:
        """Return the exports of orders and of their license keys."""
        return exports_of(filters, pages)

    def more(self, context: dict[str, Any]) -> dict[str, Any]:
        """Say besides how many licenses are for resale, where only such orders are asked for."""
        shown = super().more(context)
        filters: OrderFilter = context["filters"]
        if filters.is_valid() and filters.given().get("available"):
            shown["counted"] = _("%(orders)s, %(licenses)s") % {
                "orders": shown["counted"],
                "licenses": in_stock(filters.found()),
            }
        return shown

    def counted(self, pages: Pages) -> str:
        """Say how many orders there are."""
        said = ngettext("%(count)s order", "%(count)s orders", pages.capped)
        return said % {"count": pages.counted}

    def empty(self, filters: OrderFilter) -> Empty:
        """Return what a list without orders says."""
        return empty(filters)
