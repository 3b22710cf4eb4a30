"""What an admin does with a text: change it, take the standard one again, try it.

Each raises Refusal, as `lock_team` does, for an actor who is no admin any more.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from mailing.models import EmailText, Mail
from mailing.steps import queue_mail
from mailing.texts.trying import KIND, about_text
from reseller_portal.display import wait_in_words
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User
from resellers.steps import lock_team, record

HOUR = timedelta(hours=1)
TRIES = 10  # a person's, within an hour


@dataclass(frozen=True)
class Wish:
    """A text as it is to be, and the edition that was seen when it was typed; None: standard."""

    subject: str
    body: str
    seen: UUID | None


class ChangedMeanwhileError(Refusal):
    """Somebody else changed the text since it was shown."""


@transaction.atomic(durable=True)
def change_text(kind: str, wish: Wish, *, actor: User, now: datetime) -> EmailText:
    """Let the mails of a kind say this at the actor's company, from the next try on.

    Raises ChangedMeanwhileError where another edition was seen than the one that holds.
    """
    reseller = lock_team(actor)
    was = _current(reseller, kind)
    _check(was, wish.seen)
    fields = [name for name in ("subject", "body") if getattr(was, name, "") != getattr(wish, name)]
    if was is not None and not fields:
        return was
    values = {"subject": wish.subject, "body": wish.body, "changed_by": actor, "changed_at": now}
    text, _is_new = EmailText.objects.update_or_create(
        reseller=reseller, kind=kind, defaults={**values, "edition": uuid4()}
    )
    about = about_text(kind)
    record("email_text.changed", about, reseller=reseller, actor=actor, kind=kind, fields=fields)
    return text


@transaction.atomic(durable=True)
def reset_text(kind: str, seen: UUID | None, *, actor: User) -> None:
    """Let the mails of a kind say what the standard text says. Raises ChangedMeanwhileError."""
    reseller = lock_team(actor)
    was = _current(reseller, kind)
    _check(was, seen)
    if was is not None:
        was.delete()
        record("email_text.reset", about_text(kind), reseller=reseller, actor=actor, kind=kind)


@transaction.atomic(durable=True)
def try_text(kind: str, subject: str, body: str, *, actor: User, now: datetime) -> Mail:
    """Mail a text to the actor, filled with samples, whether it is saved or not.

    Raises Refusal for too many within an hour.
    """
    reseller = lock_team(actor)
    mine = Mail.objects.for_reseller(reseller).of_kind(KIND).filter(actor=actor)
    recent = list(mine.filter(queued_at__gt=now - HOUR).order_by("-queued_at")[:TRIES])
    if len(recent) == TRIES:
        wait = wait_in_words(recent[-1].queued_at + HOUR - now)
        said = _(
            "You had %(count)d test mails within an hour. The next one can go out in %(wait)s."
        )
        raise Refusal(said % {"count": TRIES, "wait": wait})
    return queue_mail(
        KIND,
        key=f"email-text/{uuid4()}",
        to=actor.email,
        about=about_text(kind),
        reseller=reseller,
        actor=actor,
        params={"kind": kind, "subject": subject, "body": body},
        now=now,
    )


def _current(reseller: Reseller, kind: str) -> EmailText | None:
    texts = EmailText.objects.for_reseller(reseller).filter(kind=kind)
    return texts.select_related("changed_by").first()


def _check(was: EmailText | None, seen: UUID | None) -> None:
    if (was.edition if was else None) == seen:
        return
    if was is None:
        raise ChangedMeanwhileError(
            _("This mail was set back to the standard text meanwhile. Yours is not saved yet.")
        )
    said = _("%(name)s changed this text meanwhile. Yours is not saved yet.")
    raise ChangedMeanwhileError(said % {"name": was.changed_by.name})
