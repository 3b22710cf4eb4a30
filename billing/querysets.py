"""Business words over many ledger entries, cards and card payments."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _

from resellers.querysets import ResellerQuerySet, Row_co

if TYPE_CHECKING:
    from billing.models import (  # noqa: F401 (seen by mypy only)
        Account,
        BalanceEntry,
        Card,
        CardPayment,
        CardRefund,
        VendorDetails,
    )
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


class CardQuerySet(ResellerQuerySet["Card"]):
    """Cards of resellers."""

    def in_use(self) -> Self:
        """Keep those that were not removed."""
        return self.filter(removed_at=None)

    def chargeable(self, today: date) -> Self:
        """Keep those that can be charged on a day of their reseller."""
        return self.in_use().filter(expires_on__gte=today)

    def default_of(self, reseller: "Reseller") -> "Card | None":
        """Return the card that pays what the balance does not, if there is one."""
        return self.in_use().filter(reseller=reseller, is_default=True).first()


class AtGatewayQuerySet(ResellerQuerySet[Row_co]):
    """What is asked of the card gateway, until it is known what became of it."""

    def due(self, now: datetime) -> Self:
        """Keep those that a worker has to look at."""
        return self.filter(next_check_at__lte=now)

    def late(self, now: datetime) -> Self:
        """Keep those that have been due for longer than any sweep explains."""
        return self.due(now - timedelta(seconds=settings.JOB_LATE_SECONDS))

    def contradicted(self) -> Self:
        """Keep those of which the gateway says something else, with which staff have to deal."""
        return self.filter(contradicted_at__isnull=False, dealt_with_at=None)


class CardPaymentQuerySet(AtGatewayQuerySet["CardPayment"]):
    """Payments by card."""

    def open(self) -> Self:
        """Keep those whose end is not known yet."""
        return self.filter(settled_at=None)

    def failed(self) -> Self:
        """Keep those whose money did not come."""
        return self.filter(settled_at__isnull=False).exclude(state="succeeded")

    def begun_between(self, reseller: "Reseller", first: date | None, last: date | None) -> Self:
        """Keep those begun on the reseller's days `first` to `last`, both included."""
        found = self
        if first is not None:
            found = found.filter(created_at__gte=reseller.day_begins(first))
        if last is not None:
            found = found.filter(created_at__lt=reseller.day_ends(last))
        return found


class CardRefundQuerySet(AtGatewayQuerySet["CardRefund"]):
    """Money that goes back to cards."""
