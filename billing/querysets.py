"""Business words over many ledger entries."""

from datetime import date
from typing import TYPE_CHECKING, Self

from resellers.querysets import ResellerQuerySet

if TYPE_CHECKING:
    from billing.models import BalanceEntry  # noqa: F401 (ruff does not see the base's parameter)
    from resellers.models import Reseller


class BalanceEntryQuerySet(ResellerQuerySet["BalanceEntry"]):
    """Entries of the ledger."""

    def posted_between(self, reseller: "Reseller", first: date | None, last: date | None) -> Self:
        """Keep those of the reseller's days `first` to `last`, both included; None is no bound."""
        found = self
        if first is not None:
            found = found.filter(at__gte=reseller.day_begins(first))
        if last is not None:
            found = found.filter(at__lt=reseller.day_ends(last))
        return found

    def in_ledger_order(self) -> Self:
        """Sort as they were posted."""
        return self.order_by("sequence", "pk")
