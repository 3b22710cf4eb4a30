"""What is shown of a bulk change: how far it is, and how many licenses came to what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from licenses.bulk.filters import FAILED_ONES
from licenses.bulk.results import FAILED
from licenses.models import BulkChange, BulkOutcome
from reseller_portal.jobs import JobState
from reseller_portal.polling import pause_after


@dataclass(frozen=True)
class Tab:
    """A way to look at the results: those that came to one thing."""

    word: str
    label: str
    count: int


@dataclass(frozen=True)
class Progress:
    """A bulk change with the `results` of its licenses (how many came to what), at a moment.

    For those `being_charged` the card is still asked, which may go on after the job.
    """

    change: BulkChange
    results: Mapping[str, int]
    being_charged: int
    now: datetime

    @property
    def id(self) -> str:
        """Return the id of the card's element."""
        return f"bulk-{self.change.uuid}"

    @property
    def done(self) -> int:
        """Return how many licenses have come to something."""
        return self.change.done - self.being_charged

    @property
    def state_label(self) -> str:
        """Return the state in words."""
        if self.is_charging:
            return _("Charging the card")
        return str(self.change.get_state_display())

    @property
    def state(self) -> str:
        """Return the state, as its pill looks."""
        return "checking" if self.is_charging else self.change.state

    @property
    def is_charging(self) -> bool:
        """Say whether all that is left is what the card is asked for."""
        return bool(self.being_charged) and not self.change.is_unfinished

    @property
    def pause(self) -> int | None:
        """Return after how many milliseconds the page asks again; None when there is no need."""
        if not self.change.is_unfinished and not self.being_charged:
            return None
        return pause_after(self.now - self.change.asked_at)

    @property
    def will_be_tried_again(self) -> bool:
        """Say whether an attempt failed, and another one will follow by itself."""
        return self.change.state == JobState.QUEUED and bool(self.change.reason)

    @property
    def failed(self) -> int:
        """Return how many licenses were not changed, or wait for the person to confirm."""
        return sum(self.results.get(outcome, 0) for outcome in FAILED)

    @property
    def figures(self) -> list[tuple[str, int]]:
        """Return how many came to what, in words; what none came to is left out."""
        found = [(str(word.label), self.results.get(word, 0)) for word in BulkOutcome]
        return [(label, count) for label, count in found if count]

    @property
    def tabs(self) -> list[Tab]:
        """Return the ways to look at the results."""
        all_of_them = Tab("", _("All"), self.change.total)
        not_done = Tab(FAILED_ONES, _("Not done"), self.failed)
        done = Tab(BulkOutcome.DONE, _("Done"), self.results.get(BulkOutcome.DONE, 0))
        return [all_of_them, not_done, done]
