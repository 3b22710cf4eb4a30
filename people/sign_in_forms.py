"""The library's sign-in forms in the portal's words."""

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordKeyForm,
)
from allauth.mfa.base.forms import AuthenticateForm as CodeForm, ReauthenticateForm as CodeAgainForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from people.password_hints import HintOrError
from people.refused import Refused, log_refused


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


class Twice(HintOrError, Plain):
    """A new password, typed twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("New password")  # type: ignore[attr-defined]
        self.fields["password2"].label = _("New password, once more")  # type: ignore[attr-defined]


class ChangePassword(Twice, ChangePasswordForm):  # type: ignore[misc]
    """The present password, and a new one twice."""

    present_password = "oldpassword"  # noqa: S105 (the name of a field)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Present password")


class NewPassword(Twice, ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password twice, after a link was followed."""


class LogsWrongCodes:
    """A code that is refused is logged."""

    def clean_code(self) -> str:
        """Check it; that there were too many tries is refused, too."""
        try:
            return str(super().clean_code())  # type: ignore[misc]
        except ValidationError:
            log_refused(Refused.CODE, person=self.user)  # type: ignore[attr-defined]
            raise


class SecondFactor(LogsWrongCodes, CodeForm):  # type: ignore[misc]
    """A code of the authenticator app, or a recovery code."""


class SecondFactorAgain(LogsWrongCodes, CodeAgainForm):  # type: ignore[misc]
    """The same, before something that matters."""
