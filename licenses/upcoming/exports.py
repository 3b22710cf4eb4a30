"""The list of renewals as CSV: the rows that match, sorted like the list."""

from datetime import datetime
from typing import Any

from django.db.models import CharField, DateField, F, OuterRef, Subquery, Value
from django.db.models.expressions import Combinable
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy as _

from exports.csv import Column, in_words
from exports.kinds import ExportKind, register
from licenses.models import AttemptOutcome, RenewalAttempt
from licenses.querysets import LicenseQuerySet
from licenses.upcoming.filters import UpcomingFilter
from licenses.upcoming.sources import PaidBy, Standing, paid_by_column, standing_column
from resellers.models import User
from resellers.roles import Right


def upcoming(user: User, query: str, now: datetime) -> LicenseQuerySet:
    """Return the licenses that a list's URL-encoded query shows, ready for the columns.

    Raises Refusal for a query that is not valid.
    """
    return for_columns(asked_for(user, query, now))


def asked_for(user: User, query: str, now: datetime) -> UpcomingFilter:
    """Return the list's filters as they stand in a URL-encoded query."""
    return UpcomingFilter(QueryDict(query), user=user, now=now)


def for_columns(filters: UpcomingFilter) -> LicenseQuerySet:
    """Return what the filters keep, with what the columns show.

    Raises Refusal while one of the filters is not valid. Licenses that do not renew have no charge.
    """
    found: Any = filters.found_or_refused()
    rows: LicenseQuerySet
    if filters.shows_ending:
        nothing = Value(None, output_field=CharField())
        no_day = Value(None, output_field=DateField())
        rows = found.annotate(charge=no_day, source=nothing, so_far=nothing, **_tried())
    else:
        rows = found.annotate(
            charge=F("day"),
            source=paid_by_column(filters.forecast),
            so_far=standing_column(),
            **_tried(),
        )
    return rows


def _tried() -> dict[str, Combinable]:
    attempts = RenewalAttempt.objects.filter(
        reseller=OuterRef("reseller"), renewal=OuterRef("pending__pk")
    ).order_by("-at", "-id")
    return {name: Subquery(attempts.values(name)[:1]) for name in ("on", "outcome", "reason")}


def covered(user: User, query: str, now: datetime) -> str:
    """Return in words which licenses are meant."""
    filters = asked_for(user, query, now)
    shown = gettext("Ends without renewal") if filters.shows_ending else gettext("Renews")
    words = [chip.label for chip in filters.chips()]
    return " · ".join([f"{shown}: {filters.ahead_in_words()}", *words])


UPCOMING_COLUMNS = [
    Column("Next Charge", "charge", text=False),
    Column("To", "ends_on", text=False),
    Column("Order Number", "order__number", text=False),
    Column("License", "uuid", text=False),
    Column("Product", "product__name"),
    Column("Customer", "customer__company"),
    Column("Amount", "amount", text=False),
    Column("Currency", "order__currency", text=False),
    Column("Paid By", in_words("source", PaidBy), text=False),
    Column("State", in_words("so_far", Standing), text=False),
    Column("Last Attempt", "on", text=False),
    Column("Outcome", in_words("outcome", AttemptOutcome), text=False),
    Column("Reason", "reason"),
]

register(ExportKind("renewals", _("Renewals"), Right.READ, upcoming, UPCOMING_COLUMNS, covered))
