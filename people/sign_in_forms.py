"""The library's sign-in forms in the portal's words."""

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordKeyForm,
)
from django.utils.translation import gettext_lazy as _


class Plain:
    """No placeholders, which repeat the labels; the page leads to the reset, not a field's hint."""

    present_password: str | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields  # type: ignore[attr-defined]
        for field in fields.values():
            field.widget.attrs.pop("placeholder", None)
        if self.present_password:
            fields[self.present_password].help_text = ""


class SignIn(Plain, LoginForm):  # type: ignore[misc]
    """E-mail address and password."""

    present_password = "password"  # noqa: S105 (the name of a field)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail address")


class Reauthenticate(Plain, ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something that matters."""

    present_password = "password"  # noqa: S105 (the name of a field)


class ChangePassword(Plain, ChangePasswordForm):  # type: ignore[misc]
    """The present password, and a new one twice."""

    present_password = "oldpassword"  # noqa: S105 (the name of a field)


class NewPassword(Plain, ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password twice, after a link was followed."""
