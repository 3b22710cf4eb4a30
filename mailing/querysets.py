"""Business words over many mails."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from reseller_portal.jobs import UNFINISHED, JobQuerySet

if TYPE_CHECKING:
    from mailing.models import Mail  # noqa: F401 (ruff does not see the base class's parameter)
    from resellers.models import Reseller


class MailQuerySet(JobQuerySet["Mail"]):
    """Mails."""

    def for_reseller(self, reseller: "Reseller") -> Self:
        """Keep the mails of one reseller."""
        return self.filter(reseller=reseller)

    def given_up(self) -> Self:
        """Keep those that only a person will send again, without those that one has set aside."""
        return super().given_up().filter(set_aside_at=None)

    def of_nobody(self, before: datetime) -> Self:
        """Keep the mails of no reseller that were queued before, and do not wait any more."""
        old = self.filter(reseller=None, queued_at__lt=before)
        return old.exclude(state__in=UNFINISHED)

    def queued_between(self, reseller: "Reseller", first: date | None, last: date | None) -> Self:
        """Keep the mails that were queued on these days of the reseller; None is no bound."""
        rows = self
        if first is not None:
            rows = rows.filter(queued_at__gte=reseller.day_begins(first))
        if last is not None:
            rows = rows.filter(queued_at__lt=reseller.day_ends(last))
        return rows

    def about(self, public_id: str) -> Self:
        """Keep the mails about one thing: an order number, a license UUID."""
        return self.filter(about=public_id)

    def of_kind(self, kind: str) -> Self:
        """Keep the mails of one kind."""
        return self.filter(kind=kind)
