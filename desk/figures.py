"""The account at a glance: figures that each lead to the list that explains them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _, ngettext_lazy

from licenses.models import License
from licenses.upcoming.charges import forecast_of
from orders.models import Order
from reseller_portal.display import amount_text, day_text, money_text
from resellers.models import Reseller

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

EXPIRING_DAYS = 30


@dataclass(frozen=True)
class Figure:
    """One number of the account: what it counts, a line that explains it, and its list."""

    label: "_StrOrPromise"
    value: int | str
    note: str
    url: str


def figures(reseller: Reseller, now: datetime) -> list[Figure]:
    """Return the figures of a reseller's day; one query each, whatever the account's size."""
    return [
        orders_today(reseller, now),
        licenses_available(reseller),
        activated_this_month(reseller, now),
        expiring(reseller, now),
        renewals(reseller, now),
        balance(reseller),
    ]


def orders_today(reseller: Reseller, now: datetime) -> Figure:
    """Count the orders of the reseller's day."""
    today = reseller.day_of(now)
    orders = Order.objects.for_reseller(reseller).placed_between(reseller, today, today)
    found = orders.aggregate(orders=Count("id"), licenses=Sum("quantity", default=0))
    note = ngettext_lazy("%(count)d license bought", "%(count)d licenses bought", "count")
    return Figure(
        _("Orders today"), found["orders"], note % {"count": found["licenses"]}, list_of()
    )


def licenses_available(reseller: Reseller) -> Figure:
    """Count the licenses that are for resale."""
    orders = Order.objects.for_reseller(reseller).with_available()
    found = orders.aggregate(orders=Count("id"), licenses=Sum("available", default=0))
    note = ngettext_lazy("in %(count)d order", "in %(count)d orders", "count")
    return Figure(
        _("Licenses available"),
        found["licenses"],
        note % {"count": found["orders"]},
        list_of(available="true"),
    )


def activated_this_month(reseller: Reseller, now: datetime) -> Figure:
    """Count the licenses that customers began to use since the first of the month."""
    today = reseller.day_of(now)
    first = today.replace(day=1)
    since = reseller.day_begins(first)
    licenses = License.objects.for_reseller(reseller).filter(
        activated_at__gte=since, activated_at__lt=reseller.day_ends(today)
    )
    found = licenses.aggregate(licenses=Count("id"), orders=Count("order", distinct=True))
    note = ngettext_lazy("in %(count)d order", "in %(count)d orders", "count")
    return Figure(
        _("Activated this month"),
        found["licenses"],
        note % {"count": found["orders"]},
        list_of(activated_from=first.isoformat(), activated_to=today.isoformat()),
    )


def expiring(reseller: Reseller, now: datetime) -> Figure:
    """Count the licenses whose To lies in the next 30 days, renewed automatically or not."""
    today = reseller.day_of(now)
    last = today + timedelta(days=EXPIRING_DAYS)
    licenses = License.objects.for_reseller(reseller).active(today).filter(ends_on__lte=last)
    found = licenses.aggregate(
        licenses=Count("id"),
        orders=Count("order", distinct=True),
        renewing=Count("id", filter=Q(recurrent=True)),
    )
    note = ngettext_lazy(
        "in %(count)d order; %(renewing)d renew automatically",
        "in %(count)d orders; %(renewing)d renew automatically",
        "count",
    )
    return Figure(
        format_lazy(_("Expiring in {days} days"), days=EXPIRING_DAYS),
        found["licenses"],
        note % {"count": found["orders"], "renewing": found["renewing"]},
        list_of(expires_from=today.isoformat(), expires_to=last.isoformat()),
    )


def renewals(reseller: Reseller, now: datetime) -> Figure:
    """Return what renewing costs in the next 30 days, and whether the balance suffices."""
    ahead = forecast_of(reseller, reseller.day_of(now), EXPIRING_DAYS)
    note = str(_("the balance suffices"))
    if ahead.limit:
        note = _("not covered from %(day)s on") % {"day": day_text(ahead.limit.on)}
    label = format_lazy(_("Renewals in {days} days"), days=EXPIRING_DAYS)
    return Figure(label, amount_text(ahead.amount), note, reverse("renewals:list"))


def balance(reseller: Reseller) -> Figure:
    """Return the prepaid money, and what can be spent of it with the credit."""
    account = reseller.account
    note = _("%(amount)s can be spent") % {
        "amount": money_text(account.available, account.currency)
    }
    label = format_lazy(_("Balance in {currency}"), currency=account.currency)
    return Figure(label, amount_text(account.balance), note, reverse("billing:balance"))


def list_of(**query: str) -> str:
    """Return the address of the orders that a figure counts."""
    address = reverse("orders:list")
    return f"{address}?{urlencode(query)}" if query else address
