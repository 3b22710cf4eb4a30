"""Business words over many licenses."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db.models import Case, CharField, F, Value, When

from licenses.status import LicenseStatus as Status
from resellers.querysets import ResellerQuerySet

if TYPE_CHECKING:
    from licenses.models import License  # noqa: F401 (ruff does not see the base class's parameter)


class LicenseQuerySet(ResellerQuerySet["License"]):
    """Licenses. Status is derived from facts; `today` is the reseller's calendar day."""

    def available(self) -> Self:
        """Keep those that are for resale: neither activated nor cancelled."""
        return self.filter(activated_at=None, cancelled_at=None)

    def activated(self) -> Self:
        """Keep those that were activated and not cancelled."""
        return self.filter(activated_at__isnull=False, cancelled_at=None)

    def active(self, today: date) -> Self:
        """Keep those whose To has not passed."""
        return self.activated().filter(ends_on__gte=today)

    def with_status(self, today: date) -> Self:
        """Add `status`, the stored word of LicenseStatus, as a column."""
        cases = [
            When(cancelled_at__isnull=False, then=Value(Status.CANCELLED)),
            When(activated_at=None, then=Value(Status.AVAILABLE)),
            When(ends_on__gte=today, then=Value(Status.ACTIVE)),
            When(ends_on__gte=Value(today) - F("product__grace_days"), then=Value(Status.GRACE)),
        ]
        expired = Value(Status.EXPIRED)
        return self.annotate(status=Case(*cases, default=expired, output_field=CharField()))
