"""Business words over many ledger entries."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext as _

from resellers.querysets import ResellerQuerySet

if TYPE_CHECKING:
    from billing.models import Account, BalanceEntry, VendorDetails  # noqa: F401 (seen by mypy only)
    from resellers.models import Reseller


class VendorDetailsQuerySet(models.QuerySet["VendorDetails"]):
    """Who sells."""

    def current(self) -> "VendorDetails":
        """Return the details; as long as staff have entered none, only that it is the vendor."""
        return self.first() or self.model(name=_("The vendor"))


class AccountQuerySet(ResellerQuerySet["Account"]):
    """Accounts."""

    def low_and_untold(self) -> Self:
        """Keep those whose balance fell below its warning, which nobody was told yet."""
        return self.filter(low_since__isnull=False, low_told_at=None)


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
