"""The base of every list page: scope, filter, order, page, answer as a page or a fragment."""

from typing import Any, ClassVar

from django.core.paginator import Page as Slice, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from reseller_portal.filtering import SIZES, ListFilter, whole
from reseller_portal.pages import Page, wants_fragment

EXACT = 10_000


class Pages(Paginator):
    """Pages of keys. Rows are counted exactly up to 10,000, beyond that where a page needs it."""

    def __init__(self, rows: QuerySet[Any], size: int, *, asked: str = "") -> None:
        super().__init__(rows, size)
        self.rows, self.asked = rows, asked

    @cached_property
    def capped(self) -> int:
        """Return the number of rows, or 10,001 when there are more than 10,000."""
        return self.rows.order_by()[: EXACT + 1].count()

    @cached_property
    def count(self) -> int:  # type: ignore[override]
        """Return the number of rows; at least 10,001 stands in until a later page is asked for."""
        later = self.asked == "last" or (whole(self.asked) or 1) * self.per_page > EXACT
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
        if self.asked == "last":
            return self.page(self.num_pages)
        return self.page(min(max(whole(self.asked) or 1, 1), self.num_pages))


class ListPage(Page):
    """A list. A subclass names its `filters` and `template`, and says how to `load` a page's rows.

    The template gets `filters`, `form`, `chips`, `pages`, `slice`, `rows`, `query` (the list's own
    address) and `errors` (of the parameters that have no field). The number of queries is the same
    for every page size and for every size of the company. A fragment puts its short address into
    the browser's history, unless `pushes` is off (a list inside another page).
    """

    filters: ClassVar[type[ListFilter]]
    sizes: ClassVar[tuple[int, ...]] = SIZES
    pushes: ClassVar[bool] = True

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        """Show the list."""
        filters = self.filter_set()
        errors = paging_errors(request.GET)
        found = filters.found().none() if errors else filters.found_sorted()
        pages = Pages(found.values_list("pk", flat=True), self.size(), asked=asked(request.GET))
        current = pages.current()
        context = {
            "filters": filters,
            "form": filters.form,
            "chips": filters.chips(),
            "pages": pages,
            "slice": current,
            "rows": self.load(list(current.object_list)),
            "query": filters.query(),
            "errors": errors,
        }
        response = self.render({**context, **self.more(context)})
        if self.pushes and wants_fragment(request):
            response.headers["HX-Push-Url"] = self.address(filters, current)
        return response

    def filter_set(self) -> ListFilter:
        """Return the filters as the address states them."""
        return self.filters(self.request.GET, user=self.user, now=self.now)

    def load(self, keys: list[int]) -> list[Any]:
        """Return everything that the page shows of these rows, in the order of the keys."""
        raise NotImplementedError

    def more(self, context: dict[str, Any]) -> dict[str, Any]:
        """Return what else the template needs."""
        return {}

    def size(self) -> int:
        """Return how many rows a page holds: what was asked for, from 1 to the largest."""
        asked_size = whole(self.request.GET.get("page_size", ""))
        return self.sizes[0] if asked_size is None else min(max(asked_size, 1), self.sizes[-1])

    def address(self, filters: ListFilter, current: "Slice[Any]") -> str:
        """Return the shortest address of what is shown."""
        page = "" if current.number == 1 else asked(self.request.GET)
        query = "" if filters.by_default and not page else filters.query(page=page)
        return f"{self.request.path}?{query}" if query else self.request.path


def asked(data: QueryDict) -> str:
    """Return the page that was asked for, as it was typed."""
    return data.get("page", "").strip()


def paging_errors(data: QueryDict) -> dict[str, Any]:
    """Return what is wrong with `page` and `page_size`, by name."""
    errors: dict[str, Any] = {}
    if asked(data) not in {"", "last"} and whole(asked(data)) is None:
        errors["page"] = _("Page: give a number, or “last”.")
    size = data.get("page_size", "").strip()
    if size and whole(size) is None:
        errors["page_size"] = _("Page size: give a number from 1 to 100.")
    errors |= {
        name: _("Give one page and one page size only.")
        for name in ("page", "page_size")
        if len(data.getlist(name)) > 1
    }
    return errors
