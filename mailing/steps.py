"""What actions of every app do with mail, inside their own transactions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Letter:
    """What differs between the mails of a kind that are queued together."""

    key: str
    to: str
    about: str
    params: Mapping[str, Any]


def queue_mails(
    kind: str, letters: Sequence[Letter], *, reseller: Reseller, actor: User | None, now: datetime
) -> list[Mail]:
    """Put many mails into the outbox in one statement; none of their keys is used yet.

    Raises as `queue_mail` does, and IntegrityError for a key that is used.
    """
    kind_named(kind)
    if any(hold_secrets(letter.params) for letter in letters):
        raise ValueError("A mail's parameters hold a code or link; let its kind look it up.")
    shared = {"kind": kind, "reseller": reseller, "actor": actor}
    times = {"queued_at": now, "next_attempt_at": now}
    mails = Mail.objects.bulk_create(
        Mail(
            key=letter.key,
            to=letter.to,
            about=letter.about,
            params=dict(letter.params),
            **shared,
            **times,
        )
        for letter in letters
    )
    for mail in mails:
        wake(deliver, mail.pk)
    return mails


def retry(mail: Mail, now: datetime | None = None) -> bool:
    """Try a failed or stuck mail from the beginning, after commit; False if it is neither."""
    if not mail.requeue(now or timezone.now()):
        return False
    wake(deliver, mail.pk)
    return True
