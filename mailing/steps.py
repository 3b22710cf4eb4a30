"""What actions of every app do with mail, inside their own transactions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from mailing.kinds import kind_named
from mailing.models import Mail
from mailing.tasks import deliver
from reseller_portal.secrets import hold_secrets
from reseller_portal.wake import wake
from resellers.models import Reseller, User


def queue_mail(
    kind: str,
    *,
    key: str,
    to: str,
    about: str,
    reseller: Reseller | None,
    actor: User | None = None,
    params: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> Mail:
    """Put a mail into the outbox, in the caller's transaction, and wake the worker after it.

    The same `key` gives the mail that is already there. Raises KeyError for a kind that no app
    declared, and ValueError for `params` that hold an activation code or a link.
    """
    kind_named(kind)
    if hold_secrets(params):
        raise ValueError("A mail's parameters hold a code or link; let its kind look it up.")
    moment = now or timezone.now()
    values = {"kind": kind, "to": to, "about": about, "reseller": reseller, "actor": actor}
    times = {"queued_at": moment, "next_attempt_at": moment}
    mail, is_new = Mail.objects.get_or_create(
        key=key, defaults={**values, **times, "params": dict(params or {})}
    )
    if is_new:
        wake(deliver, mail.pk)
    return mail


def retry(mail: Mail, now: datetime | None = None) -> bool:
    """Try a failed or stuck mail from the beginning, after commit; False if it is neither."""
    if not mail.requeue(now or timezone.now()):
        return False
    wake(deliver, mail.pk)
    return True
