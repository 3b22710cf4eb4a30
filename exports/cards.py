"""What is shown of an export, to one person, at one moment."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from exports.models import Export
from reseller_portal.jobs import JobState
from reseller_portal.polling import pause_after
from resellers.models import User


@dataclass(frozen=True)
class Card:
    """An export as a card. `now` is the moment, `user` the person who looks."""

    export: Export
    user: User
    now: datetime

    @property
    def id(self) -> str:
        """Return the id of the card's element."""
        return f"export-{self.export.uuid}"

    @property
    def state(self) -> str:
        """Return the state that the pill shows."""
        if self.is_expired:
            return "gone"
        return "ready" if self.is_ready else str(self.export.state)

    @property
    def is_running(self) -> bool:
        """Say whether rows are being written just now."""
        return self.export.state == JobState.RUNNING

    @property
    def state_label(self) -> str:
        """Return the state in words."""
        return _("Expired") if self.is_expired else str(self.export.get_state_display())

    @property
    def is_ready(self) -> bool:
        """Say whether the file can be downloaded."""
        return self.export.is_ready(self.now)

    @property
    def is_expired(self) -> bool:
        """Say whether the file has had its time."""
        return self.export.is_expired(self.now)

    @property
    def pause(self) -> int | None:
        """Return after how many milliseconds the page asks again; None when there is no need."""
        if not self.export.is_unfinished:
            return None
        return pause_after(self.now - self.export.asked_at)

    @property
    def will_be_tried_again(self) -> bool:
        """Say whether an attempt failed, and another one will follow by itself."""
        return self.export.state == JobState.QUEUED and bool(self.export.reason)

    @property
    def again_url(self) -> str | None:
        """Return where to ask for the same export anew; only its owner is told the query."""
        is_over = self.export.is_given_up or self.is_expired
        if not is_over or self.export.by_id != self.user.pk:
            return None
        start = reverse("exports:start", args=[self.export.kind])
        return f"{start}?{self.export.query}" if self.export.query else start
