"""The balance as CSV, in ledger order."""

from datetime import datetime
from typing import Any

from django.db.models import CharField, Func, Value
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from billing.filters import BalanceFilter
from billing.models import EntryKind
from billing.querysets import BalanceEntryQuerySet
from exports.csv import Column, in_words
from exports.kinds import ExportKind, register
from resellers.models import User
from resellers.roles import Right

WITH_OFFSET = 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM'


class InTheZone(Func):
    """A moment as `2026-11-24T14:10:05+01:00`, in the zone of the transaction."""

    function = "to_char"
    output_field = CharField()

    def __init__(self, moment: str) -> None:
        super().__init__(moment, Value(WITH_OFFSET))


def balance_entries(user: User, query: str, now: datetime) -> BalanceEntryQuerySet:
    """Return the entries that a URL-encoded query keeps, in ledger order.

    Raises Refusal for a query that is not valid.
    """
    return in_ledger_order(BalanceFilter(QueryDict(query), user=user, now=now))


def in_ledger_order(filters: BalanceFilter) -> BalanceEntryQuerySet:
    """Return what the filters keep. Raises Refusal while one of them is not valid."""
    found: Any = filters.found_or_refused()
    entries: BalanceEntryQuerySet = found.in_ledger_order()
    return entries


BALANCE_COLUMNS = [
    Column("Date", InTheZone("at"), text=False),
    Column("Kind", in_words("kind", EntryKind), text=False),
    Column("Amount", "amount", text=False),
    Column("Balance After", "balance_after", text=False),
    Column("Currency", "reseller__currency", text=False),
    Column("Reference", "reference"),
    Column("Actor", "actor__name"),
]

register(ExportKind("balance", _("Balance"), Right.READ, balance_entries, BALANCE_COLUMNS))
