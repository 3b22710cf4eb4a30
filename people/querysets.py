"""Business words over many invitations."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet

from resellers.querysets import ResellerQuerySet

if TYPE_CHECKING:
    from people.models import Device, Invitation  # noqa: F401 (seen by mypy only)


class InvitationQuerySet(ResellerQuerySet["Invitation"]):
    """Invitations."""

    def unanswered(self) -> Self:
        """Keep those that were neither accepted nor withdrawn; they may have expired."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def in_state(self, state: str, now: datetime) -> Self:
        """Keep those that are in a state by `now`, a word of InvitationState."""
        facts = {
            "open": Q(accepted_at=None, withdrawn_at=None, expires_at__gt=now),
            "expired": Q(accepted_at=None, withdrawn_at=None, expires_at__lte=now),
            "accepted": Q(accepted_at__isnull=False),
            "withdrawn": Q(withdrawn_at__isnull=False),
        }
        return self.filter(facts[state])


class DeviceQuerySet(QuerySet["Device"]):
    """Browsers in which people are signed in."""

    def live(self, now: datetime) -> Self:
        """Keep those whose session still counts."""
        sessions = Session.objects.filter(expire_date__gt=now)
        return self.filter(Exists(sessions.filter(session_key=OuterRef("session_key"))))

    def end(self) -> int:
        """Sign these browsers out, at once; returns how many there were."""
        keys = list(self.values_list("session_key", flat=True))
        Session.objects.filter(session_key__in=keys).delete()
        self.model._default_manager.filter(session_key__in=keys).delete()
        return len(keys)
