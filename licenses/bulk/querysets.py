"""Business words over bulk changes and their licenses."""

from typing import TYPE_CHECKING, Self

from reseller_portal.jobs import JobQuerySet
from resellers.querysets import ResellerQuerySet

if TYPE_CHECKING:
    from licenses.models import BulkChange, BulkItem  # noqa: F401 (a base class's parameter)
    from resellers.models import Reseller


class BulkChangeQuerySet(JobQuerySet["BulkChange"]):
    """Bulk changes."""

    def for_reseller(self, reseller: "Reseller") -> Self:
        """Keep the bulk changes of one reseller."""
        return self.filter(reseller=reseller)


class BulkItemQuerySet(ResellerQuerySet["BulkItem"]):
    """Licenses of bulk changes."""

    def waiting(self) -> Self:
        """Keep those that nothing was done with yet."""
        return self.filter(outcome="waiting")
