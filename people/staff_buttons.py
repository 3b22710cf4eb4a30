"""What vendor staff can do with companies and invitations."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _g, gettext_lazy as _

from people import actions
from people.forms import InvitePerson, OpenReseller
from people.models import Invitation
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User
from resellers.staff.buttons import Button, Done, ListButton, offered_on


@offered_on(Reseller)
class Open(ListButton):
    """Opens a company and invites its first admin."""

    slug, label, verb = "open", _("Open a new reseller"), _("Open the reseller")
    form = OpenReseller
    main = True

    @classmethod
    def explain(cls, _obj: Any, _now: datetime) -> list[Any]:
        """Say what will happen."""
        return [
            _g(
                "The first admin gets a mail with a link to choose a password. The currency cannot "
                "be changed later."
            )
        ]

    @classmethod
    def press(cls, _obj: Any, values: Any, *, actor: User, now: datetime) -> Done:
        """Open it."""
        try:
            reseller = actions.open_reseller(**values, actor=actor, now=now)
        except Refusal as refusal:
            field = "admin_email" if refusal.field == "email" else refusal.field
            raise Refusal(refusal.message, field) from refusal
        said = _g("%(reseller)s is open, and %(name)s is invited by mail.")
        url = reverse("admin:resellers_reseller_change", args=[reseller.pk])
        return Done(said % {"reseller": reseller, "name": values["admin_name"]}, url)


@offered_on(Reseller)
class Invite(Button):
    """Invites another person to a company."""

    slug, label, verb = "invite", _("Invite a person"), _("Send the invitation")
    form = InvitePerson

    @classmethod
    def explain(cls, _obj: Any, _now: datetime) -> list[Any]:
        """Say what will happen."""
        return [_g("The person gets a mail with a link to choose a password.")]

    @classmethod
    def press(cls, obj: Reseller, values: Any, *, actor: User, now: datetime) -> Done:
        """Invite them."""
        invitation = actions.invite_person(obj.pk, **values, actor=actor, now=now)
        return Done(_g("%(name)s is invited by mail.") % {"name": invitation.name})


@offered_on(Invitation)
class InviteAgain(Button):
    """Sends an invitation anew."""

    slug, label, verb = "again", _("Invite again"), _("Send it again")
    main = True

    @classmethod
    def why_not(cls, obj: Invitation, _now: datetime) -> str | None:
        """Say why it cannot be sent."""
        return why_answered(obj)

    @classmethod
    def explain(cls, obj: Invitation, _now: datetime) -> list[Any]:
        """Say what will happen."""
        said = _g("%(email)s gets a new mail. Its link lasts a week; earlier ones are dead.")
        return [said % {"email": obj.email}]

    @classmethod
    def press(cls, obj: Invitation, _values: Any, *, actor: User, now: datetime) -> Done:
        """Send it."""
        actions.invite_again(obj.pk, actor=actor, now=now)
        return Done(_g("%(name)s is invited again.") % {"name": obj.name})


@offered_on(Invitation)
class Withdraw(Button):
    """Ends an invitation."""

    slug, label, verb = "withdraw", _("Withdraw"), _("Withdraw the invitation")

    @classmethod
    def why_not(cls, obj: Invitation, _now: datetime) -> str | None:
        """Say why it cannot be withdrawn."""
        return why_answered(obj)

    @classmethod
    def explain(cls, obj: Invitation, _now: datetime) -> list[Any]:
        """Say what will happen."""
        said = _g("The link that went to %(email)s is dead then. The person is not told.")
        return [said % {"email": obj.email}]

    @classmethod
    def press(cls, obj: Invitation, _values: Any, *, actor: User, now: datetime) -> Done:
        """Withdraw it."""
        actions.withdraw_invitation(obj.pk, actor=actor, now=now)
        return Done(_("The invitation is withdrawn."))


def why_answered(invitation: Invitation) -> str | None:
    """Say why nothing can be done with an invitation any more."""
    if invitation.accepted_at is not None:
        return _g("This person has accepted the invitation already.")
    if invitation.withdrawn_at is not None:
        return _g("This invitation was withdrawn. Invite the person anew.")
    return None
