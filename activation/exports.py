"""The exports of activations and of customers: one row for each, without activation codes.

Which rows, is settled when the export is asked for; what they are like is as of the snapshot
that is written.
"""

from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Count, F, Min, Q, QuerySet, When
from django.db.models.functions import TruncDate
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from activation.filters import ActivationFilter, CustomerFilter
from activation.models import Customer
from exports.csv import Column
from exports.kinds import ExportKind, register
from licenses.exports import auto_renew_column, code_column
from licenses.querysets import LicenseQuerySet, status_case
from resellers.models import Reseller, User
from resellers.roles import Right


def activations(user: User, query: str, now: datetime) -> LicenseQuerySet:
    """Return the licenses that a list's query shows, sorted like the list.

    Raises Refusal for a query that is not valid.
    """
    found: Any = asked_for(user, query, now).found_or_refused()
    licenses: LicenseQuerySet = found
    return licenses


def asked_for(user: User, query: str, now: datetime) -> ActivationFilter:
    """Return the list's filters as they stand in a URL-encoded query."""
    return ActivationFilter(QueryDict(query), user=user, now=now)


def covered(user: User, query: str, now: datetime) -> str:
    """Return in words which activations are meant."""
    words = [chip.label for chip in asked_for(user, query, now).chips()]
    return " · ".join(words) or gettext("Without any filter")


def activation_columns(user: User) -> list[Column]:
    """Return the columns of activations; their headers and their order are fixed."""
    reseller = reseller_of(user)
    today = reseller.day_of(timezone.now())
    return [
        Column("License", code_column(see_codes=False)),
        Column("Product", F("product__name")),
        Column("Order Number", F("order__number"), text=False),
        Column("Customer", F("customer__company")),
        Column("Contact", F("customer__name")),
        Column("E-mail", address_column("customer__")),
        Column("Country", F("customer__country"), text=False),
        Column("Activated", TruncDate("activated_at", tzinfo=reseller.zone), text=False),
        Column("From", F("anchor_on"), text=False),
        Column("To", F("ends_on"), text=False),
        Column("Status", status_case(today), text=False),
        Column("Auto Renew", auto_renew_column(), text=False),
        Column("Distribution Company", F("order__distribution_company__name")),
    ]


def customers(user: User, query: str, now: datetime) -> QuerySet[Customer]:
    """Return the customers that a list's query shows, with their licenses counted.

    Raises Refusal for a query that is not valid.
    """
    filters = CustomerFilter(QueryDict(query), user=user, now=now)
    active = Q(licenses__cancelled_at=None, licenses__ends_on__gte=filters.today)
    found: QuerySet[Customer] = filters.found_or_refused()
    return found.annotate(
        owned=Count("licenses"),
        active=Count("licenses", filter=active),
        next_to=Min("licenses__ends_on", filter=active),
    )


def customers_covered(user: User, query: str, now: datetime) -> str:
    """Return in words which customers are meant."""
    filters = CustomerFilter(QueryDict(query), user=user, now=now)
    return " · ".join(chip.label for chip in filters.chips()) or gettext("All customers")


def customer_columns(user: User) -> list[Column]:
    """Return the columns of customers; their headers and their order are fixed."""
    return [
        Column("Company", F("company")),
        Column("Contact", F("name")),
        Column("E-mail", address_column()),
        Column("Country", F("country"), text=False),
        Column("Since", TruncDate("created_at", tzinfo=reseller_of(user).zone), text=False),
        Column("Licenses", F("owned"), text=False),
        Column("Active", F("active"), text=False),
        Column("Next To", F("next_to"), text=False),
    ]


def address_column(path: str = "") -> Case:
    """Return the registered e-mail; nothing once the person's data are erased."""
    there = {f"{path}erased_at": None}
    return Case(When(**there, then=F(f"{path}email")), output_field=CharField())


def reseller_of(user: User) -> Reseller:
    """Return the company whose days the file shows. Raises ValueError for vendor staff."""
    if user.reseller is None:
        raise ValueError("exports are for people of a reseller")
    return user.reseller


register(
    ExportKind(
        "activations", _("Activations"), Right.READ, activations, activation_columns, covered
    )
)
register(
    ExportKind(
        "customers", _("Customers"), Right.READ, customers, customer_columns, customers_covered
    )
)
