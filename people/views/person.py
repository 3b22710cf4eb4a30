"""One person of the company, and what an admin does with them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from people import actions
from people.activity.rows import done_to
from people.settings_forms import MEANING, ChooseRole
from people.steps import about_user
from people.team import members
from reseller_portal.dialogs import Dialog
from reseller_portal.pages import Page
from resellers.models import User
from resellers.roles import Right, Role


class ShowUser(Page):
    """Role, sign-in, second factor and sessions of a person."""

    right = Right.ADMINISTER
    template = "settings/user.html"
    person: User

    def fetch(self, **kwargs: Any) -> None:
        """Load the person; 404 for a stranger."""
        self.person = get_object_or_404(self.reseller.users, pk=kwargs["pk"])

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the page."""
        [member] = members([self.person])
        context = {
            "member": member,
            "person": self.person,
            "meaning": MEANING[Role(self.person.role)],
            "devices": self.person.devices.live(self.now),
            "is_self": self.person.pk == self.user.pk,
            "deeds": done_to(self.reseller, about_user(self.person)),
            "more_url": f"{reverse('settings:activity')}?about={about_user(self.person)}",
        }
        return self.render(context)


class OfUser(Dialog):
    """A dialog about a person of the company."""

    person: User

    def fetch(self, **kwargs: Any) -> None:
        """Load the person; 404 for a stranger."""
        self.person = get_object_or_404(self.reseller.users, pk=kwargs["pk"])

    @property
    def back(self) -> str:
        """Return the person's page."""
        return reverse("settings:user", args=[self.person.pk])

    @property
    def is_self(self) -> bool:
        """Say whether it is the person who asks."""
        return self.person.pk == self.user.pk


class ChangeRole(OfUser):
    """Give the person another role."""

    form = ChooseRole
    verb = gettext_lazy("Change the role")

    @property
    def heading(self) -> str:
        """Name action and person."""
        return _("Role of %(name)s") % {"name": self.person.name}

    @property
    def back(self) -> str:
        """Return the person's page; who gave the right away cannot open it any more."""
        self.user.refresh_from_db(fields=["role"])
        return super().back if self.user.may(Right.ADMINISTER) else reverse("settings:account")

    def sentences(self) -> list[str]:
        """Say from when it holds."""
        if self.is_self:
            return [
                _("As anything but an admin you leave the settings, and only a colleague who is "
                  "an admin can let you in again.")
            ]  # fmt: skip
        return [_("It holds from the next page that they open.")]

    def initial(self) -> dict[str, Any]:
        """Begin with the role."""
        return {"role": self.person.role}

    def act(self, values: dict[str, Any]) -> str:
        """Change it, and say so; or that it is so already."""
        was = self.person.role
        user = actions.change_role(self.person.pk, values["role"], actor=self.user)
        said = _("The role of %(name)s is %(role)s now.")
        if user.role == was:
            said = _("The role of %(name)s is %(role)s already: nothing was changed.")
        return said % {
            "name": user.name,
            "role": user.get_role_display(),
        }


class DisableUser(OfUser):
    """Let the person in no more."""

    verb = gettext_lazy("Disable the account")
    is_danger = True

    @property
    def heading(self) -> str:
        """Name action and person."""
        return _("Disable %(name)s?") % {"name": self.person.name}

    def why_not(self) -> str | None:
        """Say why it cannot be."""
        if self.is_self:
            return _("You cannot disable yourself. Ask a colleague.")
        return None if self.person.is_active else _("This person is disabled already.")

    def sentences(self) -> list[str]:
        """Say what will happen."""
        return [
            _("They are signed out everywhere at once and cannot sign in until enabled."),
            _("Their orders and all that they did stay."),
        ]

    def act(self, _values: dict[str, Any]) -> str:
        """Close the account."""
        actions.disable_user(self.person.pk, actor=self.user)
        return _("%(name)s is disabled and signed out everywhere.") % {"name": self.person.name}


class EnableUser(OfUser):
    """Let the person in again."""

    verb = gettext_lazy("Enable the account")

    @property
    def heading(self) -> str:
        """Name action and person."""
        return _("Enable %(name)s?") % {"name": self.person.name}

    def why_not(self) -> str | None:
        """Say that there is no need."""
        return _("This person may sign in already.") if self.person.is_active else None

    def sentences(self) -> list[str]:
        """Say what will happen."""
        said = _("They can sign in again, with the old password, as %(role)s.")
        return [said % {"role": self.person.get_role_display()}]

    def act(self, _values: dict[str, Any]) -> str:
        """Open the account."""
        actions.enable_user(self.person.pk, actor=self.user)
        return _("%(name)s can sign in again.") % {"name": self.person.name}


class EndSessions(OfUser):
    """Sign the person out everywhere."""

    verb = gettext_lazy("Sign them out")
    is_danger = True

    @property
    def heading(self) -> str:
        """Name action and person."""
        return _("Sign %(name)s out everywhere?") % {"name": self.person.name}

    def why_not(self) -> str | None:
        """Say where one ends one's own sessions."""
        return _("You end your own sessions under “My account”.") if self.is_self else None

    def sentences(self) -> list[str]:
        """Say what will happen."""
        return [_("Every session ends at once. They can sign in again with their password.")]

    def act(self, _values: dict[str, Any]) -> str:
        """End the sessions."""
        actions.end_sessions_of(self.person.pk, actor=self.user)
        return _("%(name)s is signed out everywhere.") % {"name": self.person.name}


class RemoveSecondFactor(OfUser):
    """Forget a lost authenticator app."""

    verb = gettext_lazy("Remove it")
    is_danger = True

    @property
    def heading(self) -> str:
        """Name action and person."""
        return _("Remove the second factor of %(name)s?") % {"name": self.person.name}

    def why_not(self) -> str | None:
        """Say where one changes one's own."""
        return _("You change your own under “My account”.") if self.is_self else None

    def sentences(self) -> list[str]:
        """Say what will happen."""
        return [
            _("For a phone that was lost: be sure that it is they who ask for it."),
            _("Their authenticator app and recovery codes are forgotten, they are signed out "
              "everywhere, and a mail tells them."),
        ]  # fmt: skip

    def act(self, _values: dict[str, Any]) -> str:
        """Remove it."""
        actions.remove_second_factor(self.person.pk, actor=self.user, now=self.now)
        return _("%(name)s has no second factor any more.") % {"name": self.person.name}
