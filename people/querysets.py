"""Business words over many invitations."""

from typing import TYPE_CHECKING, Self

from resellers.querysets import ResellerQuerySet

if TYPE_CHECKING:
    from people.models import Invitation  # noqa: F401 (ruff does not see the base class's parameter)


class InvitationQuerySet(ResellerQuerySet["Invitation"]):
    """Invitations."""

    def unanswered(self) -> Self:
        """Keep those that were neither accepted nor withdrawn; they may have expired."""
        return self.filter(accepted_at=None, withdrawn_at=None)
