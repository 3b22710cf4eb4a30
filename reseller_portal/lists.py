"""The base of every list page: scope, filter, order, page, answer as a page or a fragment."""

from typing import Any, ClassVar

from django.core.paginator import Page as Slice, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from reseller_portal.filtering import LAST, ListFilter, from_the_end, whole
from reseller_portal.pages import Page, looks_again, wants_fragment

EXACT = 10_000


class Pages(Paginator):  # type: ignore[type-arg]  # generic in the stubs only
    """Pages of keys. Rows are counted exactly up to 10,000, beyond that where a page needs it.

    `found` are the same keys unsorted, where counting them is less work than counting `rows`. Where
    finding them is what costs, they are counted and read `at_once`.
    """

    def __init__(
        self,
        rows: QuerySet[Any],
        size: int,
        *,
        asked: str = "",
        found: QuerySet[Any] | None = None,
        at_once: bool = False,
    ) -> None:
        super().__init__(rows, size)
        self.rows, self.asked, self.at_once = rows, asked, at_once
        self.found = rows.order_by() if found is None else found

    @cached_property
    def first(self) -> list[Any]:
        """Return the first 10,001 keys."""
        return list(self.rows[: EXACT + 1])

    @cached_property
    def capped(self) -> int:
        """Return the number of rows, or 10,001 when there are more than 10,000."""
        return len(self.first) if self.at_once else self.found[: EXACT + 1].count()

    def page(self, number: int | str) -> "Slice[Any]":
        """Return a page, out of the keys that were read already where it lies among them."""
        if self.at_once and int(number) * self.per_page <= EXACT + 1:
            self.object_list = self.first
        return super().page(number)

    @cached_property
    def count(self) -> int:
        """Return the number of rows; at least 10,001 stands in until a later page is asked for."""
        later = (whole(self.asked) or 1) * self.per_page > EXACT
        return self.found.count() if self.capped > EXACT and later else self.capped

    @property
    def is_exact(self) -> bool:
        """Say whether the rows were counted to the end."""
        return self.capped <= EXACT

    @property
    def counted(self) -> str:
        """Return the count as a person reads it: `1,284`, `10,000+`."""
        shown = number_format(min(self.capped, EXACT), force_grouping=True)
        return shown if self.is_exact else f"{shown}+"

    def current(self) -> "Slice[Any]":
        """Return the page that was asked for: the nearest there is, for any number."""
        back = from_the_end(self.asked)
        if back is not None and not self.is_exact and (end := FromTheEnd(self, back)):
            return end
        number = (whole(self.asked) or 1) if back is None else self.num_pages - back
        return self.page(min(max(number, 1), self.num_pages))


class FromTheEnd(Slice[Any]):
    """A page of a list whose rows nobody counted: read backwards, as many pages before the last."""

    def __init__(self, pages: Pages, back: int) -> None:
        self.back, size = back, pages.per_page
        found = list(pages.rows.reverse()[back * size : (back + 1) * size + 1])
        self.more = len(found) > size
        super().__init__(found[:size][::-1], -1 - back, pages)

    def has_previous(self) -> bool:
        """Say whether there are rows before these."""
        return self.more

    def has_next(self) -> bool:
        """Say whether there are rows after these."""
        return self.back > 0

    def previous_page_number(self) -> str:  # type: ignore[override]  # a word takes its place
        """Return how the address names the page before."""
        return f"{LAST}-{self.back + 1}"

    def next_page_number(self) -> str:  # type: ignore[override]
        """Return how the address names the page after."""
        return f"{LAST}-{self.back - 1}" if self.back > 1 else LAST

    def where(self) -> str:
        """Say which rows these are."""
        size = self.paginator.per_page
        if not self.back:
            return _("The last %(rows)s") % {"rows": len(self)}
        first, last = self.back * size + 1, self.back * size + len(self)
        return _("%(first)s–%(last)s from the end") % {"first": first, "last": last}


class ListPage(Page):
    """A list. A subclass names its `filters` and `template`, and says how to `load` a page's rows.

    The template gets `filters`, `form`, `chips`, `pages`, `slice`, `rows`, `query` (the list's own
    address) and `problems` (of the parameters). The number of queries is the same
    for every page size and for every size of the company. A fragment puts its short address into
    the browser's history, unless it is no page of its own (see `pushes`).
    """

    filters: ClassVar[type[ListFilter]]

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        """Show the list."""
        filters = self.filter_set()
        keys, found = (
            rows.values_list("pk", flat=True) for rows in (filters.found_sorted(), filters.found())
        )
        at_once = any(map(filters.given().get, filters.far))
        pages = Pages(keys, filters.size, asked=filters.page, found=found, at_once=at_once)
        current = pages.current()
        context = {
            "filters": filters,
            "form": filters.form,
            "chips": filters.chips(),
            "pages": pages,
            "slice": current,
            "rows": self.shown(current.object_list),
            "query": filters.query(),
            "problems": filters.problems(),
        }
        response = self.render({**context, **self.more(context)})
        if wants_fragment(request) and self.pushes() and not looks_again(request):
            response.headers["HX-Push-Url"] = self.address(filters, current)
        return response

    def pushes(self) -> bool:
        """Say whether the browser's address is the list's: not in a list inside another page."""
        return True

    def filter_set(self) -> ListFilter:
        """Return the filters as the address states them."""
        return self.filters(self.request.GET, user=self.user, now=self.now)

    def shown(self, keys: Any) -> list[Any]:
        """Return the rows of a page: `keys` is a query, which may become a part of theirs."""
        return self.load(list(keys))

    def load(self, keys: list[int]) -> list[Any]:
        """Return everything that the page shows of these rows, in the order of the keys."""
        raise NotImplementedError

    def more(self, context: dict[str, Any]) -> dict[str, Any]:
        """Return what else the template needs."""
        return {}

    def address(self, filters: ListFilter, current: "Slice[Any]") -> str:
        """Return the shortest address of what is shown."""
        query = filters.own_query("" if current.number == 1 else filters.page)
        return f"{self.request.path}?{query}" if query else self.request.path
