"""What vendor staff can do with people."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _g, gettext_lazy as _

from people import actions
from resellers.models import User
from resellers.staff.buttons import Button, Done, offered_on


@offered_on(User)
class SendReset(Button):
    """Mails a person the link to choose a new password."""

    slug, label, verb = "send-reset", _("Send a password reset"), _("Send the mail")

    @classmethod
    def why_not(cls, obj: User, _now: datetime) -> str | None:
        """Say why it makes no sense."""
        return None if obj.is_active else _g("This person is disabled. Enable them first.")

    @classmethod
    def explain(cls, obj: User, _now: datetime) -> list[Any]:
        """Say what will happen."""
        said = _g("%(email)s gets a link to choose a new password. The old one works until then.")
        return [said % {"email": obj.email}]

    @classmethod
    def press(cls, obj: User, _values: Any, *, actor: User, now: datetime) -> Done:
        """Queue the mail."""
        actions.send_reset(obj.pk, actor=actor, now=now)
        return Done(_g("The mail to %(email)s is queued.") % {"email": obj.email})


@offered_on(User)
class RemoveSecondFactor(Button):
    """Forgets a lost authenticator app."""

    slug, label = "remove-second-factor", _("Remove the second factor")
    verb = _("Remove it")

    @classmethod
    def explain(cls, obj: User, _now: datetime) -> list[Any]:
        """Say what will happen."""
        return [
            _g(
                "%(name)s is signed out everywhere, the authenticator app and the recovery codes "
                "are forgotten, and a mail says so. Be sure that it is they who ask for it."
            )
            % {"name": obj.name}
        ]

    @classmethod
    def press(cls, obj: User, _values: Any, *, actor: User, now: datetime) -> Done:
        """Remove it."""
        actions.remove_second_factor(obj.pk, actor=actor, now=now)
        return Done(_g("%(name)s has no second factor any more.") % {"name": obj.name})


@offered_on(User)
class Disable(Button):
    """Closes an account."""

    slug, label, verb = "disable", _("Disable"), _("Disable the account")
    shy = True

    @classmethod
    def why_not(cls, obj: User, _now: datetime) -> str | None:
        """Say why there is nothing to close."""
        return None if obj.is_active else _g("This person is disabled already.")

    @classmethod
    def explain(cls, obj: User, _now: datetime) -> list[Any]:
        """Say what will happen."""
        said = _g("%(name)s is signed out everywhere at once and cannot sign in until enabled.")
        return [said % {"name": obj.name}]

    @classmethod
    def press(cls, obj: User, _values: Any, *, actor: User, now: datetime) -> Done:
        """Close it."""
        actions.disable_user(obj.pk, actor=actor)
        return Done(_g("%(name)s is disabled and signed out everywhere.") % {"name": obj.name})


@offered_on(User)
class Enable(Button):
    """Opens an account again."""

    slug, label, verb = "enable", _("Enable"), _("Enable the account")
    shy = True

    @classmethod
    def why_not(cls, obj: User, _now: datetime) -> str | None:
        """Say why there is nothing to open."""
        return _g("This person may sign in already.") if obj.is_active else None

    @classmethod
    def explain(cls, obj: User, _now: datetime) -> list[Any]:
        """Say what will happen."""
        return [_g("%(name)s can sign in again, with the old password.") % {"name": obj.name}]

    @classmethod
    def press(cls, obj: User, _values: Any, *, actor: User, now: datetime) -> Done:
        """Open it."""
        actions.enable_user(obj.pk, actor=actor)
        return Done(_g("%(name)s can sign in again.") % {"name": obj.name})
