"""The second factor of vendor staff, and where people are signed in."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from people.actions import note_device
from resellers.models import User

# What leads to the second factor, and out again.
WAY_IN = frozenset(
    {"account_logout", "account_reauthenticate", "mfa_activate_totp", "mfa_reauthenticate"}
)


class StaffSecondFactor:
    """Let a session of vendor staff do nothing until it has shown a second factor.

    Whoever has none yet sets it up first. A session from before that is asked for a code, too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Lead to the second factor, and back afterwards."""
        match = request.resolver_match
        if not settings.STAFF_NEED_SECOND_FACTOR or (match and match.url_name in WAY_IN):
            return None
        user = request.user
        if not isinstance(user, User) or not user.is_staff or has_shown_it(request, user):
            return None
        enrolled = is_mfa_enabled(user, [Authenticator.Type.TOTP])
        step = reverse("mfa_reauthenticate" if enrolled else "mfa_activate_totp")
        return redirect_to_login(request.get_full_path(), step)


def has_shown_it(request: HttpRequest, user: User) -> bool:
    """Say whether this session gave a code of the authenticator app, or a recovery code."""
    records = get_authentication_records(request, user)
    return any(record.get("method") == "mfa" for record in records)


NOTED = "noted"
NOTED_EVERY = timedelta(minutes=5)


class NoteDevice:
    """Remember in which browsers people are signed in, and when they were last seen there.

    A session says itself when it was last noted, so that most requests cost nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session, now = request.session, timezone.now()
        if session.accessed and NOTED in session and request.user.is_authenticated:
            before, key = session[NOTED], session.session_key or ""
            if not is_noted(before, key, now):
                agent = request.headers.get("User-Agent", "").replace("\0", "")
                note_device(request.user, key, before.get("key", ""), agent=agent, now=now)
                session[NOTED] = {"key": key, "at": now.isoformat()}
        return response


def is_noted(before: dict[str, str], key: str, now: datetime) -> bool:
    """Say whether the session was noted under its key, and not long ago."""
    at = before.get("at")
    return (
        at is not None
        and before.get("key") == key
        and datetime.fromisoformat(at) > now - NOTED_EVERY
    )
