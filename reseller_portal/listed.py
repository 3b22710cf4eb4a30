"""A list as another page sees it: what it finds for a query, and where it shows the same."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from reseller_portal.filtering import ListFilter
from reseller_portal.lists import Pages

if TYPE_CHECKING:
    from resellers.models import User


@dataclass(frozen=True)
class Listed:
    """Rows, and the address of the list that shows them."""

    rows: QuerySet[Any]
    url: str
    shown: int = 1

    @cached_property
    def pages(self) -> Pages:
        """Return the rows' keys; the list counts them in the same way."""
        return Pages(self.rows.values_list("pk", flat=True), self.shown)

    @property
    def has_more(self) -> bool:
        """Say whether there are more than are shown of them."""
        return self.pages.capped > self.shown


class Lists:
    """The lists of one person at one moment."""

    def __init__(self, user: "User", now: datetime, *, shown: int = 1) -> None:
        self.user, self.now, self.shown = user, now, shown

    def asked(self, filters: type[ListFilter], name: str, **query: str) -> Listed:
        """Return what a list finds; without a query, what it shows by itself."""
        said = urlencode(query)
        found = filters(QueryDict(said), user=self.user, now=self.now).found_sorted()
        address = reverse(name)
        return Listed(found, f"{address}?{said}" if said else address, self.shown)
