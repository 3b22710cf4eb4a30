"""The exports of the list of orders: the orders that match, or the license keys of these orders.

Which orders, is settled when the export is asked for: without any filter, the orders of the
reseller's day at that moment, also when the file is written after midnight. What they are like
(Active, Available, Status) is as of the snapshot that is written.
"""

from datetime import date, datetime

from django.db.models import (
    Count,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, TruncDate
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from exports.csv import Column, in_words
from exports.kinds import ExportKind, register
from licenses.exports import license_key_columns
from licenses.models import License
from licenses.querysets import LicenseQuerySet
from orders.filters import OrderFilter
from orders.models import Order, OrderState, PaymentType
from resellers.models import Reseller, User
from resellers.roles import Right


def orders(user: User, query: str, now: datetime) -> QuerySet[Order]:
    """Return the orders that a list's query shows, sorted like the list.

    Raises Refusal for a query that is not valid.
    """
    return asked_for(user, query, now).found_or_refused()


def license_keys(user: User, query: str, now: datetime) -> LicenseQuerySet:
    """Return the licenses of these orders, in the order of the orders, then as they were issued.

    Raises Refusal for a query that is not valid.
    """
    filters = asked_for(user, query, now)
    found = filters.found_or_refused()
    licenses = License.objects.for_reseller(filters.reseller)
    licenses = licenses.filter(order__in=found.order_by().values("pk"))
    return licenses.order_by(*map(of_the_order, filters.sorts[filters.sort].order_by()), "id")


def asked_for(user: User, query: str, now: datetime) -> OrderFilter:
    """Return the list's filters as they stand in a URL-encoded query."""
    return OrderFilter(QueryDict(query), user=user, now=now)


def covered(user: User, query: str, now: datetime) -> str:
    """Return in words which orders are meant; of a search only that there was one."""
    asked = QueryDict(query, mutable=True)
    searched = bool(asked.get("search"))
    if searched:
        asked["search"] = ""  # empty, not gone: a query without parameters means today
    words = [chip.label for chip in OrderFilter(asked, user=user, now=now).chips()]
    if searched:
        words.append(searched_by(user))
    return " · ".join(words) or gettext("Without any filter")


def searched_by(user: User) -> str:
    """Return what a search looked at, but not for what: that may be an activation code."""
    if user.may_see_codes:
        return gettext("Searched by activation code or e-mail")
    return gettext("Searched by customer e-mail")


def of_the_order(column: str) -> str:
    """Return a column of orders as seen from a license."""
    name = column.removeprefix("-")
    return f"-order__{name}" if column.startswith("-") else f"order__{name}"


def order_columns(user: User) -> list[Column]:
    """Return the columns of orders; their headers and their order are fixed."""
    reseller = reseller_of(user)
    today = reseller.day_of(timezone.now())
    return [
        Column("Order Number", "number", text=False),
        Column("Date", TruncDate("placed_at", tzinfo=reseller.zone), text=False),
        Column("User", "user__name"),
        Column("Product", "product__name"),
        Column("Term", "term_months", text=False),
        Column("Quantity", "quantity", text=False),
        Column("Active", active_column(today), text=False),
        Column("Available", "available", text=False),
        Column("Amount", "amount", text=False),
        Column("Currency", "currency", text=False),
        Column("Payment Type", in_words("payment_type", PaymentType), text=False),
        Column("State", in_words("state", OrderState), text=False),
        Column("Distribution Company", "distribution_company__name"),
    ]


def active_column(day: date) -> Combinable:
    """Return how many licenses of an order are active on a day, as an expression."""
    licenses = License.objects.filter(reseller=OuterRef("reseller"), order=OuterRef("pk"))
    counted = licenses.active(day).order_by().values("order").annotate(count=Count("pk"))
    return Coalesce(Subquery(counted.values("count")), 0, output_field=IntegerField())


def key_columns(user: User) -> list[Column]:
    """Return the columns of license keys."""
    today = reseller_of(user).day_of(timezone.now())
    return license_key_columns(today, see_codes=user.may_see_codes)


def reseller_of(user: User) -> Reseller:
    """Return the company whose days the file shows. Raises ValueError for vendor staff."""
    if user.reseller is None:
        raise ValueError("exports are for people of a reseller")
    return user.reseller


register(ExportKind("orders", _("Orders"), Right.READ, orders, order_columns, covered))
register(
    ExportKind(
        "license-keys", _("License keys"), Right.SEE_CODES, license_keys, key_columns, covered
    )
)
