"""The account at a glance: figures that each lead to the list that explains them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.text import format_lazy
from django.utils.translation import gettext as _g, gettext_lazy as _, ngettext_lazy

from activation.filters import ActivationFilter
from desk.home.stock import Stock
from licenses.upcoming.counted import DAYS, ending_soon
from licenses.upcoming.forecast import Forecast
from orders.models import Order
from reseller_portal.display import amount_text, day_text
from reseller_portal.listed import Listed, Lists
from resellers.models import Reseller

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True)
class Figure:
    """One number of the account: what it counts, a line that explains it, and its list."""

    label: "_StrOrPromise"
    value: str
    note: "_StrOrPromise"
    url: str
    tone: str = ""


class Figures:
    """The figures of a company's day, with what several of them need."""

    def __init__(self, lists: Lists, reseller: Reseller, forecast: Forecast, stock: Stock) -> None:
        self.lists, self.reseller = lists, reseller
        self.forecast, self.stock = forecast, stock
        self.today = forecast.today

    def all(self) -> list[Figure]:
        """Return them; one query each at most, whatever the account's size."""
        return [
            self.balance(),
            self.renewals(),
            self.ending(),
            self.activated(),
            self.bought(),
            self.available(),
        ]

    def balance(self) -> Figure:
        """Return the prepaid money, and the day on which it runs out."""
        account = self.forecast.account
        return Figure(
            format_lazy(_("Balance in {currency}"), currency=account.currency),
            amount_text(account.balance),
            lasts(self.forecast),
            reverse("billing:balance"),
            tone="warn" if self.forecast.limit or account.is_parked else "",
        )

    def renewals(self) -> Figure:
        """Return what renewing costs in the days ahead, and for how many charges."""
        last = self.today + timedelta(days=DAYS)
        charges = self.forecast.charges_from(self.today, last)
        note = ngettext_lazy("%(count)d charge", "%(count)d charges", "count")
        return Figure(
            format_lazy(_("Renewals in {days} days"), days=DAYS),
            amount_text(self.forecast.amount_from(self.today, last)),
            note % {"count": charges},
            reverse("renewals:list"),
        )

    def ending(self) -> Figure:
        """Count the licenses that end in the days ahead and do not renew, those in grace too."""
        label = format_lazy(_("End in {days} days"), days=DAYS)
        return counted(label, ending_soon(self.reseller, self.today), _("without renewal"))

    def activated(self) -> Figure:
        """Count the licenses that customers began to use since the first of the month."""
        first = self.today.replace(day=1)
        found = self.lists.asked(
            ActivationFilter,
            "activation:list",
            date_from=first.isoformat(),
            date_to=self.today.isoformat(),
        )
        note = _("since %(day)s") % {"day": day_text(first)}
        return counted(_("Activated this month"), found, note)

    def bought(self) -> Figure:
        """Count the orders of the reseller's day."""
        orders = Order.objects.for_reseller(self.reseller)
        orders = orders.placed_between(self.reseller, self.today, self.today)
        found = orders.aggregate(orders=Count("id"), licenses=Sum("quantity", default=0))
        note = ngettext_lazy("%(count)d license bought", "%(count)d licenses bought", "count")
        return Figure(
            _("Orders today"),
            in_groups(found["orders"]),
            note % {"count": found["licenses"]},
            reverse("orders:list"),
        )

    def available(self) -> Figure:
        """Count the licenses that are for resale."""
        note = ngettext_lazy("in %(count)d order", "in %(count)d orders", "count")
        return Figure(
            _("Licenses in stock"),
            in_groups(self.stock.licenses),
            note % {"count": self.stock.orders},
            self.stock.url,
        )


def lasts(forecast: Forecast) -> str:
    """Say how long the balance pays what renews, as far as the forecast looks."""
    if forecast.account.is_parked:
        return _g("pays nothing while it is parked")
    if forecast.limit:
        return _g("runs out on %(day)s") % {"day": day_text(forecast.limit.on)}
    if not forecast.charges:
        return _g("nothing falls due before %(day)s") % {"day": day_text(forecast.last)}
    return _g("pays all renewals until %(day)s") % {"day": day_text(forecast.last)}


def counted(label: "_StrOrPromise", found: Listed, note: "_StrOrPromise") -> Figure:
    """Return a figure that is as large as its list, counted as the list counts."""
    return Figure(label, found.pages.counted, note, found.url)


def in_groups(count: int) -> str:
    """Return a number as people read it: `1,284`."""
    return number_format(count, force_grouping=True)
