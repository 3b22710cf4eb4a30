"""A company's people: the list, and inviting."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from people.actions import invite_again, invite_person, withdraw_invitation
from people.filters import UserFilter
from people.models import Invitation
from people.settings_forms import InviteColleague
from people.team import Member, invited, members
from reseller_portal.dialogs import Dialog
from reseller_portal.lists import ListPage
from resellers.roles import Right


class Users(ListPage):
    """The people of the company, and who was invited and has not answered."""

    right = Right.ADMINISTER
    template = "settings/users.html"
    filters = UserFilter

    def load(self, keys: list[int]) -> list[Member]:
        """Return the people of a page."""
        found = self.reseller.users.in_bulk(keys)
        return members(found[key] for key in keys if key in found)

    def more(self, context: dict[str, Any]) -> dict[str, Any]:
        """Return the invitations, and what an empty list says."""
        filters: UserFilter = context["filters"]
        return {
            "invited": invited(self.reseller, self.now),
            "clear_url": f"?{filters.query(without=filters.filters)}",
            "count": context["pages"].counted,
        }


class UsersDialog(Dialog):
    """A dialog of the list."""

    @property
    def back(self) -> str:
        """Return the list."""
        return reverse("settings:users")


class Invite(UsersDialog):
    """Invite a colleague."""

    form = InviteColleague
    verb = gettext_lazy("Send the invitation")

    @property
    def heading(self) -> str:
        """Say what it is for."""
        return _("Invite a colleague")

    def sentences(self) -> list[str]:
        """Say what will happen."""
        return [_("They get a mail with a link to choose a password. It works once, for a week.")]

    def initial(self) -> dict[str, Any]:
        """Begin with the role that most people have."""
        return {"role": "agent"}

    def act(self, values: dict[str, Any]) -> str:
        """Invite them."""
        invitation = invite_person(self.reseller.pk, **values, actor=self.user, now=self.now)
        return _("%(name)s is invited: the mail is on its way to %(email)s.") % {
            "name": invitation.name,
            "email": invitation.email,
        }


class OfInvitation(UsersDialog):
    """A dialog about an invitation of the person's own company."""

    invitation: Invitation

    def fetch(self, **kwargs: Any) -> None:
        """Load it; 404 for a stranger's."""
        invitations = Invitation.objects.for_reseller(self.reseller)
        self.invitation = get_object_or_404(invitations, pk=kwargs["pk"])

    def why_not(self) -> str | None:
        """Say that it was answered or withdrawn."""
        if self.invitation.accepted_at or self.invitation.withdrawn_at:
            return _("This invitation was accepted or withdrawn already.")
        return None


class InviteAgain(OfInvitation):
    """Send an invitation anew."""

    verb = gettext_lazy("Send it again")

    @property
    def heading(self) -> str:
        """Name action and person."""
        return _("Invite %(name)s again?") % {"name": self.invitation.name}

    def sentences(self) -> list[str]:
        """Say what will happen."""
        said = _("%(email)s gets a new mail. Its link lasts a week; earlier ones are dead.")
        return [said % {"email": self.invitation.email}]

    def act(self, _values: dict[str, Any]) -> str:
        """Send it."""
        invite_again(self.invitation.pk, actor=self.user, now=self.now)
        return _("%(name)s is invited again.") % {"name": self.invitation.name}


class WithdrawInvitation(OfInvitation):
    """End an invitation."""

    verb = gettext_lazy("Withdraw the invitation")
    is_danger = True

    @property
    def heading(self) -> str:
        """Name action and person."""
        return _("Withdraw the invitation of %(name)s?") % {"name": self.invitation.name}

    def sentences(self) -> list[str]:
        """Say what will happen."""
        said = _("The link that went to %(email)s is dead then. The person is not told.")
        return [said % {"email": self.invitation.email}]

    def act(self, _values: dict[str, Any]) -> str:
        """Withdraw it."""
        withdraw_invitation(self.invitation.pk, actor=self.user, now=self.now)
        return _("The invitation of %(name)s is withdrawn.") % {"name": self.invitation.name}
