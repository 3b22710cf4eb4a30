"""The log of refused sign-ins: what was wrong, and whose key it is if the person exists.

Never what was typed: people type their password where the address belongs.
"""

from enum import StrEnum

import structlog

from resellers.models import User

log = structlog.get_logger(__name__)


class Refused(StrEnum):
    """What was wrong."""

    PASSWORD = "password"  # noqa: S105 (or nobody is known by the address)
    DISABLED = "disabled"
    CODE = "second_factor"
    LIMIT = "limit"


def log_refused(why: Refused, *, email: str | None = None, person: User | None = None) -> None:
    """Write that a sign-in was refused; for an unknown address it takes the same query."""
    if person is None and email is not None:
        person = User.objects.filter(email=email.replace("\0", "").lower()).first()
    log.warning("sign_in_refused", reason=why.value, person=person and person.pk)
