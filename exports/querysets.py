"""Business words over many exports."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from exports.kinds import kinds_for
from reseller_portal.jobs import JobQuerySet, JobState

if TYPE_CHECKING:
    from exports.models import Export  # noqa: F401 (ruff does not see the base class's parameter)
    from resellers.models import Reseller, User


class ExportQuerySet(JobQuerySet["Export"]):
    """Exports."""

    def for_reseller(self, reseller: "Reseller") -> Self:
        """Keep the exports of one reseller."""
        return self.filter(reseller=reseller)

    def whose_files_may_be_had_by(self, user: "User") -> Self:
        """Keep the exports whose files the role of a person lets them download."""
        return self.filter(kind__in=[kind.slug for kind in kinds_for(user)])

    def expired(self, now: datetime) -> Self:
        """Keep the exports whose files have had their time and are still there."""
        return self.filter(state=JobState.DONE, expires_at__lte=now).exclude(file="")
