"""The base of every list page: scope, filter, order, page, answer as a page or a fragment."""

from typing import Any, ClassVar

from django.core.paginator import Page as Slice, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.formats import number_format
from django.utils.functional import cached_property

from reseller_portal.filtering import LAST, ListFilter, whole
from reseller_portal.pages import Page, looks_again, wants_fragment

EXACT = 10_000


class Pages(Paginator):  # type: ignore[type-arg]  # generic in the stubs only
    """Pages of keys. Rows are counted exactly up to 10,000, beyond that where a page needs it."""

    def __init__(self, rows: QuerySet[Any], size: int, *, asked: str = "") -> None:
        super().__init__(rows, size)
        self.rows, self.asked = rows, asked

    @cached_property
    def capped(self) -> int:
        """Return the number of rows, or 10,001 when there are more than 10,000."""
        return self.rows.order_by()[: EXACT + 1].count()

    @cached_property
    def count(self) -> int:
        """Return the number of rows; at least 10,001 stands in until a later page is asked for."""
        later = self.asked == LAST or (whole(self.asked) or 1) * self.per_page > EXACT
        return self.rows.order_by().count() if self.capped > EXACT and later else self.capped

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
        if self.asked == LAST:
            return self.page(self.num_pages)
        return self.page(min(max(whole(self.asked) or 1, 1), self.num_pages))


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
        keys = filters.found_sorted().values_list("pk", flat=True)
        pages = Pages(keys, filters.size, asked=filters.page)
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
