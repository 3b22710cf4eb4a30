"""Lists of tiles below a search panel: each opens in place, and is a page of its own as well."""

from typing import TYPE_CHECKING, Any, ClassVar

from reseller_portal.filtering import BESIDE_THE_COUNT, ListFilter
from reseller_portal.lists import ListPage, Pages
from reseller_portal.pages import wants_fragment
from reseller_portal.presets import to_today

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class TileFilter(ListFilter):
    """The filters of a list of tiles.

    The panel begins with the first of the `ranges` and the `row_fields`; behind “More filters”
    stand the `more_fields` and the other ranges.
    """

    row_fields: ClassVar[tuple[str, ...]] = ()
    more_fields: ClassVar[tuple[str, ...]] = ()

    def has_more(self) -> bool:
        """Say whether a filter is set, or wrong, that does not stand in the first row."""
        names = [*self.more_fields, *(name for pair in self.ranges[1:] for name in pair.names)]
        return any(self.data.get(name) or name in self.form.errors for name in names)


class TileList(ListPage):
    """A list of tiles. A subclass names what it lists, the `tile` template and its `address`.

    `?open=` names the tile that is open.
    """

    template = "tiles/list.html"
    title: "ClassVar[_StrOrPromise]"
    noun: "ClassVar[_StrOrPromise]"
    dates: "ClassVar[_StrOrPromise]"
    tile: ClassVar[str]

    def more(self, context: dict[str, Any]) -> dict[str, Any]:
        """Return what surrounds the tiles, and the body of the open one."""
        filters: TileFilter = context["filters"]
        pages: Pages = context["pages"]
        return {
            "opened": self.request.GET.get("open", ""),
            **self.opened(context["rows"], self.request.GET.get("open", "")),
            **panel(filters),
            "presets": to_today(filters),
            "exports": self.exports(filters, pages),
            "clear_url": f"?{filters.query(without=filters.filters)}",
            "counted": self.counted(pages),
            "count": pages.counted,
            "empty": self.empty(filters) if filters.is_valid() and not pages.capped else None,
            "focus_results": wants_fragment(self.request) and not self._trigger(),
        }

    def opened(self, shown: list[Any], name: str) -> dict[str, Any]:
        """Return the body of the tile with this name, if it is on the page."""
        return {}

    def exports(self, filters: Any, pages: Pages) -> list[Any]:
        """Return the exports that the person may ask for."""
        return []

    def counted(self, pages: Pages) -> str:
        """Say how many there are."""
        raise NotImplementedError

    def empty(self, filters: Any) -> Any:
        """Return what a list without tiles says."""
        raise NotImplementedError

    def _trigger(self) -> str:
        htmx: Any = getattr(self.request, "htmx", None)
        return htmx.trigger or ""


def panel(filters: TileFilter) -> dict[str, Any]:
    """Return the fields of the search panel, as it shows them."""
    form = filters.form
    form.fields["page_size"].widget.attrs |= BESIDE_THE_COUNT
    pairs = [(pair.label, form[pair.first], form[pair.last]) for pair in filters.ranges]
    return {
        "row_range": pairs[0],
        "row_fields": [form[name] for name in filters.row_fields],
        "more_fields": [form[name] for name in filters.more_fields],
        "more_ranges": pairs[1:],
        "more_open": filters.has_more(),
    }
