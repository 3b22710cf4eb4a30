"""A company's people as an admin sees them: two queries more than the people themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator

from mailing.models import Mail
from people.models import Invitation, InvitationState
from people.steps import about_invitation
from resellers.models import Reseller, User

MOST_INVITATIONS = 50


@dataclass(frozen=True)
class Member:
    """A person, and whether a second factor is asked of them."""

    user: User
    has_second_factor: bool

    @property
    def state(self) -> str:
        """Return the state that the pill shows."""
        return "active" if self.user.is_active else "disabled"


@dataclass(frozen=True)
class Invited:
    """An invitation that nobody has answered, and what became of its last mail."""

    invitation: Invitation
    state: InvitationState
    mail: Mail | None


def members(people: Iterable[User]) -> list[Member]:
    """Return people as members, in their order: one query."""
    people = list(people)
    apps = Authenticator.objects.filter(
        user__in=[user.pk for user in people], type=Authenticator.Type.TOTP
    )
    enrolled = set(apps.values_list("user_id", flat=True))
    return [Member(user, user.pk in enrolled) for user in people]


def invited(reseller: Reseller, now: datetime) -> list[Invited]:
    """Return the invitations that wait for an answer, newest first: two queries."""
    invitations = Invitation.objects.for_reseller(reseller).unanswered()
    waiting = list(invitations.select_related("invited_by")[:MOST_INVITATIONS])
    abouts = [about_invitation(invitation) for invitation in waiting]
    mails = Mail.objects.for_reseller(reseller).filter(about__in=abouts, kind="invitation")
    last = {mail.about: mail for mail in mails.order_by("queued_at", "pk")}
    return [
        Invited(invitation, invitation.state_at(now), last.get(about))
        for invitation, about in zip(waiting, abouts, strict=True)
    ]
