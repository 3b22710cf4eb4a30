"""A person's own account: sign-in, second factor, and where they are signed in."""

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from people.actions import end_device, end_other_devices
from people.activity.rows import done_to
from people.models import Device
from people.steps import about_user
from people.team import members
from reseller_portal.dialogs import Dialog
from reseller_portal.pages import Page
from resellers.roles import Right


class Account(Page):
    """What the person is here, and how they sign in."""

    template = "people/account.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the page."""
        [member] = members([self.user])
        context = {
            "member": member,
            "devices": self.user.devices.live(self.now),
            "key": request.session.session_key,
            "deeds": done_to(self.reseller, about_user(self.user)),
        }
        return self.render(context)


class AccountDialog(Dialog):
    """A dialog of the page, which is everybody's."""

    right = Right.READ
    is_danger = True

    @property
    def back(self) -> str:
        """Return the page."""
        return reverse("settings:account")


class EndDevice(AccountDialog):
    """Sign out in one browser."""

    verb = gettext_lazy("Sign out there")
    device: Device

    def fetch(self, **kwargs: Any) -> None:
        """Load one's own; 404 for anybody else's."""
        self.device = get_object_or_404(self.user.devices.live(self.now), pk=kwargs["pk"])

    @property
    def heading(self) -> str:
        """Name the browser."""
        return _("Sign out in %(browser)s?") % {"browser": self.device}

    def why_not(self) -> str | None:
        """Say how to end the session that one is in."""
        if self.device.session_key == self.request.session.session_key:
            return _("You are using it now. To leave it, sign out.")
        return None

    def sentences(self) -> list[str]:
        """Say what will happen."""
        return [_("The session there ends at once. If you do not know it, change your password.")]

    def act(self, _values: dict[str, Any]) -> str:
        """End it."""
        end_device(self.device.pk, actor=self.user)
        return _("You are signed out in %(browser)s.") % {"browser": self.device}


class EndOtherDevices(AccountDialog):
    """Sign out everywhere but here."""

    verb = gettext_lazy("Sign out everywhere else")

    @property
    def heading(self) -> str:
        """Say what it does."""
        return _("Sign out everywhere else?")

    def sentences(self) -> list[str]:
        """Say what will happen."""
        return [_("Every other session of yours ends at once; this one goes on.")]

    def act(self, _values: dict[str, Any]) -> str:
        """End them, and keep this session."""
        key = self.request.session.session_key or ""
        user = end_other_devices(key, actor=self.user)
        update_session_auth_hash(self.request, user)
        return _("You are signed out everywhere else.")
