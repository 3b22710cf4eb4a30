"""Customer Activations: the activated licenses as tiles."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _, ngettext

from activation.body import body
from activation.filters import ActivationFilter
from activation.menus import empty, exports_of
from activation.tiles import Tile, tiles
from exports.menu import ExportItem
from licenses.bulk.bar import bar
from reseller_portal.empty import Empty
from reseller_portal.lists import Pages
from reseller_portal.tile_lists import TileList


class ActivationList(TileList):
    """One tile for each activated license that matches; today's, unless others are asked for."""

    filters = ActivationFilter
    title, noun, dates = _("Customer Activations"), _("Activations"), _("Activation date")
    tile = "activation/tile.html"
    template = "activation/list.html"

    def more(self, context: dict[str, Any]) -> dict[str, Any]:
        """Add what can be done for many of them."""
        url = reverse("activation:change_many")
        many = bar("activations", url, context["filters"], context["pages"])
        return {**super().more(context), "bar": many}

    def load(self, keys: list[int]) -> list[Tile]:
        """Return the tiles of a page."""
        return tiles(self.reseller, keys, self.today)

    def opened(self, shown: list[Tile], name: str) -> dict[str, Any]:
        """Return the body of the license with this id."""
        license = next((tile.license for tile in shown if str(tile.license.uuid) == name), None)
        return body(license, self.user, self.now) if license else {}

    def exports(self, filters: ActivationFilter, pages: Pages) -> list[ExportItem]:
        """Return the export of activations."""
        return exports_of(filters, pages)

    def counted(self, pages: Pages) -> str:
        """Say how many activations there are."""
        said = ngettext("%(count)s activation", "%(count)s activations", pages.capped)
        return said % {"count": pages.counted}

    def empty(self, filters: ActivationFilter) -> Empty:
        """Return what a list without activations says."""
        return empty(filters)
