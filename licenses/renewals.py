"""Business words over many renewals."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast

from billing.models import CardPayment
from resellers.querysets import ResellerQuerySet

if TYPE_CHECKING:
    from licenses.models import Renewal  # noqa: F401 (ruff does not see the base class's parameter)

# A day begins up to 14 hours before UTC's and up to 12 hours after it.
DAYS_OF_NO_ZONE = timedelta(days=2)


class RenewalQuerySet(ResellerQuerySet["Renewal"]):
    """Periods that are to be paid."""

    def waiting(self) -> Self:
        """Keep those that the engine tries, on their day."""
        return self.filter(state="waiting")

    def late(self, now: datetime) -> Self:
        """Keep those whose day is over everywhere, although nothing holds the engine back.

        A parked account does, and a card payment for the license that is not settled.
        """
        open_payment = CardPayment.objects.filter(
            reseller=OuterRef("reseller"),
            purpose="renewal",
            about=Cast(OuterRef("license__uuid"), CharField()),
            settled_at=None,
        )
        over = self.waiting().filter(next_attempt_on__lte=now.date() - DAYS_OF_NO_ZONE)
        return over.filter(~Exists(open_payment), reseller__account__parked_at=None)
