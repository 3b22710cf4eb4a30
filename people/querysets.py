"""Business words over many invitations."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db.models import Q

from resellers.querysets import ResellerQuerySet

if TYPE_CHECKING:
    from people.models import Invitation  # noqa: F401 (ruff does not see the base class's parameter)


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
