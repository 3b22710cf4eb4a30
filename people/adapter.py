"""How allauth behaves here: closed sign-up, limits that lock nobody out, mails by the outbox."""

from typing import TYPE_CHECKING, Any

import qrcode  # type: ignore[import-untyped]
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core.internal.ratelimit import truncate_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage  # type: ignore[import-untyped]

from people.actions import change_password, tell_of_change
from people.changes import SignInChange
from people.middleware import NOTED
from people.refused import Refused, log_refused
from people.sessions import BEGAN
from reseller_portal.middleware import client_address

if TYPE_CHECKING:
    from allauth.mfa.models import Authenticator

    from resellers.models import User

PASSWORD_RESET = "account/email/password_reset"  # noqa: S105 (the name of a template)
SECOND_FACTOR_ON = "mfa/email/totp_activated"
CHANGES = {
    SECOND_FACTOR_ON: SignInChange.SECOND_FACTOR_ON,
    "mfa/email/totp_deactivated": SignInChange.SECOND_FACTOR_OFF,
    "mfa/email/recovery_codes_generated": SignInChange.RECOVERY_CODES,
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in by e-mail and password."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("This e-mail address and password do not belong together."),
        "too_many_login_attempts": _(
            "Too many failed tries to sign in. Wait five minutes, or reset your password."
        ),
        "invalid_password_reset": _("This link to reset the password is not valid any more."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: people are invited."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the caller's address, as the record of who did what has it."""
        return client_address(request) or "local"

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count wrong tries by person and address: guesses from elsewhere lock no owner out."""
        email = str(credentials.get("email", "")).lower()
        return f"{truncate_ip(self.get_client_ip(request))}:{email}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try; one too many is refused, and logged."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            log_refused(Refused.LIMIT, email=credentials.get("email"))
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Log that a password was wrong, or its person unknown."""
        log_refused(Refused.PASSWORD, email=credentials.get("email"))

    def respond_user_inactive(self, request: HttpRequest, user: "User") -> HttpResponseBase:
        """Log that somebody who was disabled gave the right password."""
        log_refused(Refused.DISABLED, person=user)
        answer: HttpResponseBase = super().respond_user_inactive(request, user)
        return answer

    def is_safe_url(self, url: str | None) -> bool:
        """Say whether an address is one of this site; one that cannot be read is none."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead vendor staff to the admin site, and people of a reseller home."""
        user: Any = request.user
        return resolve_url("admin:index" if user.is_staff else settings.LOGIN_REDIRECT_URL)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Lead back to where the person works."""
        return self.get_login_redirect_url(request)

    def login(self, request: HttpRequest, user: "User") -> None:
        """Begin a session that is noted as one of the person's."""
        super().login(request, user)
        request.session[NOTED] = {}
        request.session[BEGAN] = timezone.now().isoformat()

    def set_password(self, user: "User", password: str) -> None:
        """Keep the new password; it ends every session but the one that changed it."""
        change_password(user, password, now=timezone.now())

    def send_notification_mail(
        self, template_prefix: str, user: "User", *args: Any, **kwargs: Any
    ) -> None:
        """Tell the person of a change to the second factor; `change_password` tells of its own."""
        if template_prefix == PASSWORD_RESET:
            self._delete_login_attempts_cached_email(self.request, email=user.email)
        if template_prefix == SECOND_FACTOR_ON:
            record_authentication(self.request, user, method="mfa", type="totp")
        if template_prefix in CHANGES:
            tell_of_change(user, CHANGES[template_prefix], now=timezone.now())

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Refuse: every mail of the portal has its kind and goes through the outbox."""
        raise NotImplementedError(template_prefix)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Codes of an authenticator app, and recovery codes."""

    def build_totp_svg(self, url: str) -> str:
        """Return the code to scan, on white, so that it can be scanned in the dark scheme too."""
        image = qrcode.make(url, image_factory=SvgPathFillImage)
        return str(image.to_string(encoding="unicode"))

    def can_delete_authenticator(self, authenticator: "Authenticator") -> bool:
        """Refuse where the second factor is required."""
        return not (settings.STAFF_NEED_SECOND_FACTOR and authenticator.user.is_staff)
