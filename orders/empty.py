"""What to say when there is no tile to show, and where to go from there."""

from datetime import timedelta

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from orders.filters import OrderFilter
from orders.models import Order
from reseller_portal.display import day_text
from reseller_portal.empty import Empty

DAYS = 30
MANY = 100
NUMBER_LENGTH = 10


def empty(filters: OrderFilter) -> Empty:
    """Return what a list without tiles says: two queries at most."""
    if not filters.start().exists():
        may_buy = filters.user.may_operate
        return Empty(
            "licenses",
            _("No orders yet"),
            _("Your company has not bought any licenses. Each order will stand here as a tile."),
            reverse("orders:buy") if may_buy else "",
            _("Buy licenses") if may_buy else "",
        )
    if _shows_today_only(filters):
        return _none_today(filters)
    return _on_other_days(filters) or _excluded(filters)


def _shows_today_only(filters: OrderFilter) -> bool:
    return filters.given() == filters.defaults()


def _none_today(filters: OrderFilter) -> Empty:
    first = filters.today - timedelta(days=DAYS - 1)
    query = filters.query(date_from=first.isoformat(), date_to=filters.today.isoformat())
    return Empty(
        "calendar",
        _("No orders today"),
        _("Nothing was bought on %(day)s in %(zone)s.")
        % {"day": day_text(filters.today), "zone": filters.reseller.time_zone},
        f"?{query}",
        _("Show the last %(days)d days") % {"days": DAYS},
    )


def _on_other_days(filters: OrderFilter) -> Empty | None:
    dates = ("date_from", "date_to")
    if set(filters.given()) <= set(dates) or not set(filters.given()) & set(dates):
        return None
    query = filters.query(without=dates)
    others = OrderFilter(QueryDict(query), user=filters.user, now=filters.now)
    found = others.found()[: MANY + 1].count()
    if not found:
        return None
    number = others.form.cleaned_data["order_number"]
    if len(number) == NUMBER_LENGTH:
        return _that_one(others.found().get())
    said = ngettext(
        "%(count)s order on other days matches.", "%(count)s orders on other days match.", found
    )
    return Empty(
        "calendar",
        _("No orders on these days"),
        said % {"count": f"{MANY}+" if found > MANY else found},
        f"?{query}",
        _("Search all days"),
    )


def _that_one(order: Order) -> Empty:
    return Empty(
        "calendar",
        _("This order is of another day"),
        _("Order %(number)s was placed on %(day)s.")
        % {"number": order.number, "day": day_text(order.placed_at)},
        reverse("orders:show", args=[order.number]),
        _("Open order %(number)s") % {"number": order.number},
    )


def _excluded(filters: OrderFilter) -> Empty:
    return Empty(
        "search",
        _("No orders match"),
        _("No order fits all of these filters. Remove one of them, or clear all."),
        f"?{filters.query(without=filters.filters)}",
        _("Clear all filters"),
    )
