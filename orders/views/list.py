"""Licenses Purchased: the orders as tiles."""

from typing import Any

from orders.body import body
from orders.empty import empty
from orders.filters import OrderFilter
from orders.menus import export_items, presets
from orders.tiles import Tile, tiles
from reseller_portal.lists import ListPage, Pages
from reseller_portal.pages import wants_fragment


class OrderList(ListPage):
    """One tile for each order that matches; today's, unless others are asked for."""

    template = "orders/list.html"
    filters = OrderFilter

    def load(self, keys: list[int]) -> list[Tile]:
        """Return the tiles of a page."""
        return tiles(self.reseller, keys, self.today)

    def more(self, context: dict[str, Any]) -> dict[str, Any]:
        """Return what surrounds the tiles, and the body of the open one."""
        filters: OrderFilter = context["filters"]
        pages: Pages = context["pages"]
        return {
            **self._opened(context["rows"]),
            "presets": presets(filters),
            "exports": export_items(filters, pages),
            "more_fields": [filters.form[name] for name in filters.more_fields],
            "more_ranges": [
                (pair.label, filters.form[pair.first], filters.form[pair.last])
                for pair in filters.ranges[1:]
            ],
            "more_open": filters.has_more(),
            "clear_url": f"?{filters.query(without=filters.filters)}",
            "count": pages.counted,
            "empty": empty(filters) if filters.is_valid() and not pages.capped else None,
            "focus_results": wants_fragment(self.request) and not self._trigger(),
        }

    def _opened(self, shown: list[Tile]) -> dict[str, Any]:
        number = self.request.GET.get("open", "")
        order = next((tile.order for tile in shown if tile.order.number == number), None)
        return {"opened": number, **(body(order, self.user, self.now) if order else {})}

    def _trigger(self) -> str:
        htmx: Any = getattr(self.request, "htmx", None)
        return htmx.trigger or ""
