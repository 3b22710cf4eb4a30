"""One month of an account: opening balance, entries, closing balance, and the tax on licenses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Sum

from billing.chart import closing
from billing.models import TAXED, BalanceEntry, EntryKind
from billing.querysets import BalanceEntryQuerySet
from billing.tax import tax_on
from resellers.models import Reseller

MOST = 2_000


@dataclass(frozen=True)
class KindTotal:
    """What the entries of one kind moved."""

    label: str
    count: int
    amount: Decimal


@dataclass(frozen=True)
class TaxLine:
    """What licenses cost net at one rate, and the tax on it."""

    rate: Decimal
    net: Decimal

    @property
    def tax(self) -> Decimal:
        """Return the tax."""
        return tax_on(self.net, self.rate)

    @property
    def gross(self) -> Decimal:
        """Return both together."""
        return self.net + self.tax


@dataclass(frozen=True)
class Statement:
    """The month from `first` to `last`; at most MOST entries are listed, `count` is all of them."""

    first: date
    last: date
    opening: Decimal
    closing: Decimal
    entries: Sequence[BalanceEntry]
    count: int
    kinds: list[KindTotal]
    taxes: list[TaxLine]


def statement(reseller: Reseller, month: date) -> Statement:
    """Return the statement of a month, named by its first day: four queries."""
    last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    opening, left = closing(reseller, [month - timedelta(days=1), last])
    entries = BalanceEntry.objects.for_reseller(reseller).posted_between(reseller, month, last)
    kinds = _kinds(entries)
    return Statement(
        first=month,
        last=last,
        opening=opening,
        closing=left,
        entries=list(entries.in_ledger_order()[:MOST]),
        count=sum(kind.count for kind in kinds),
        kinds=kinds,
        taxes=_taxes(entries),
    )


def _kinds(entries: BalanceEntryQuerySet) -> list[KindTotal]:
    rows = entries.order_by().values_list("kind").annotate(count=Count("pk"), total=Sum("amount"))
    found = {kind: (count, total) for kind, count, total in rows}
    return [KindTotal(str(kind.label), *found[kind]) for kind in EntryKind if kind in found]


def _taxes(entries: BalanceEntryQuerySet) -> list[TaxLine]:
    taxed = entries.filter(kind__in=TAXED).order_by("tax_rate").values_list("tax_rate")
    return [TaxLine(rate, -total) for rate, total in taxed.annotate(total=Sum("amount"))]
