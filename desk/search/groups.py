"""What begins as was typed: a few of each kind, with the list that shows all of them.

A group asks the filters of its list, so that both find the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from activation.customers import customer_rows
from activation.filters import ActivationFilter, CustomerFilter
from activation.tiles import tiles as activation_tiles
from desk.search.asked import Asked
from licenses.models import License
from orders.filters import OrderFilter
from orders.tiles import tiles as order_tiles
from reseller_portal.listed import Listed, Lists
from resellers.models import User

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

FIRST = 10


@dataclass(frozen=True)
class Group:
    """The first of what was found of a kind. `kind` names the template of its rows."""

    kind: str
    heading: "_StrOrPromise"
    found: Listed
    rows: list[Any]


class Search:
    """One search of one person at one moment, in the person's own company."""

    def __init__(self, asked: Asked, user: User, now: datetime) -> None:
        if user.reseller is None:
            raise ValueError("the search is for people of a reseller")
        self.asked, self.user, self.reseller = asked, user, user.reseller
        self.today = self.reseller.day_of(now)
        self.lists = Lists(user, now, shown=FIRST)

    def groups(self) -> list[Group]:
        """Return what was found, without what was not; of each kind four queries at most."""
        found = [
            self._numbered(),
            self._referred(),
            self._coded(),
            self._customers(),
            self._activations(),
        ]
        return [group for group in found if group and group.rows]

    def _numbered(self) -> Group | None:
        if not self.asked.digits:
            return None
        found = self.lists.asked(OrderFilter, "orders:list", order_number=self.asked.digits)
        return self._group("orders", _("Orders by number"), found, order_tiles)

    def _referred(self) -> Group:
        found = self.lists.asked(OrderFilter, "orders:list", reference=self.asked.text)
        return self._group("orders", _("Orders by own reference"), found, order_tiles)

    def _coded(self) -> Group | None:
        """Find licenses by the beginning of their code. Their list is that of their orders."""
        code = self.asked.code
        if not code or not self.user.may_see_codes:
            return None
        licenses = License.objects.for_reseller(self.reseller).with_code(code).order_by("pk")
        url = f"{reverse('orders:list')}?{urlencode({'search': code})}"
        found = Listed(licenses, url, FIRST)
        return self._group("licenses", _("Licenses by activation code"), found, activation_tiles)

    def _customers(self) -> Group:
        asked = self.asked.text
        found = self.lists.asked(CustomerFilter, "activation:customers", search=asked)
        return self._group("customers", _("Customers"), found, customer_rows)

    def _activations(self) -> Group:
        asked = self.asked.text
        found = self.lists.asked(ActivationFilter, "activation:list", customer=asked)
        return self._group("activations", _("Licenses of these customers"), found, activation_tiles)

    def _group(
        self,
        kind: str,
        heading: "_StrOrPromise",
        found: Listed,
        load: Callable[..., list[Any]],
    ) -> Group:
        keys = list(found.pages.current().object_list)
        rows = load(self.reseller, keys, self.today) if keys else []
        return Group(kind, heading, found, rows)
