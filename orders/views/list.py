"""Licenses Purchased: the orders as tiles."""

from typing import Any

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

    def counted(self, pages: Pages) -> str:
        """Say how many orders there are."""
        said = ngettext("%(count)s order", "%(count)s orders", pages.capped)
        return said % {"count": pages.counted}

    def empty(self, filters: OrderFilter) -> Empty:
        """Return what a list without orders says."""
        return empty(filters)
