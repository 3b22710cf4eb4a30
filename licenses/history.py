"""What happened to licenses, in words: mails and actions, newest first."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, CharField, F, Func, Model, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from licenses.codes import last_group
from mailing.models import Mail, MailState
from resellers.models import AuditEvent, User

SHOWN = 20
TOLD_BY_THEIR_MAIL = ("mail.resent", "mail.retried", "license.link_sent")
WATCHED = timedelta(minutes=5)
PILLS = {
    MailState.QUEUED: "queued",
    MailState.RUNNING: "running",
    MailState.DONE: "sent",
    MailState.FAILED: "failed",
    MailState.STUCK: "stuck",
    MailState.DROPPED: "dropped",
}

Names = Mapping[str, str]
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Entry:
    """One thing that happened, and who did it.

    A mail and a try at a renewal have a state, and a reason if it failed; `url` is the page of the
    payment, for who may see it.
    """

    kind: str
    at: datetime
    text: str
    by: str = ""
    state: str = ""
    state_label: str = ""
    reason: str = ""
    url: str = ""


@dataclass(frozen=True)
class History:
    """The newest entries. `latest` is the state of what was sent last, for a while.

    `pause` is how many seconds to wait before looking again; none while nothing is on its way.
    """

    entries: list[Entry]
    latest: Entry | None
    pause: int | None

    @property
    def mark(self) -> str:
        """Return a text that changes with the entries."""
        return hashlib.sha256(repr(self.entries).encode()).hexdigest()[:12]


class AnyOf(ArraySubquery):
    """The right side of `= ANY (…)`: PostgreSQL walks an index once for all of the values."""

    template = "ANY (ARRAY(%(subquery)s))"


def about_any(rows: QuerySet[Row], itself: QuerySet[Any], licenses: QuerySet[Any]) -> QuerySet[Row]:
    """Keep what is about a thing or its licenses, with who did it.

    `itself` yields the public id of the one thing; `licenses` are rows of licenses.
    """
    ids = licenses.order_by().annotate(public_id=Cast("uuid", CharField())).values("public_id")
    wanted = AnyOf(itself.order_by().union(ids, all=True))
    equal = {"template": "%(expressions)s", "arg_joiner": " = ", "output_field": BooleanField()}
    return rows.filter(Func(F("about"), wanted, **equal)).select_related("actor")


def abouts(mails: list[Mail], events: list[AuditEvent]) -> set[str]:
    """Return the public ids of what mails and events are about."""
    return {mail.about for mail in mails} | {event.about for event in events}


def names_of(licenses: QuerySet[Any], ids: Iterable[str]) -> dict[str, str]:
    """Return how those of the licenses are called that something is about; no code is among it."""
    rows = licenses.filter(uuid__in=ids).values_list("uuid", "activation_code")
    return {str(uuid): last_group(code) for uuid, code in rows}


def gathered(
    mails: list[Mail], events: Iterable[Entry], names: Names, now: datetime, *, latest_of: str
) -> History:
    """Return the history of mails (newest first) and events.

    `names` are those of the licenses that have to be named; `latest_of` is the public id whose last
    mail is to be watched.
    """
    entries = [*(mail_entry(mail, names) for mail in mails), *events]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    young = [mail for mail in mails if mail.queued_at > now - WATCHED]
    latest = next((mail_entry(mail, names) for mail in young if mail.about == latest_of), None)
    return History(entries[:SHOWN], latest, _pause(young, now))


def mail_entry(mail: Mail, names: Names) -> Entry:
    """Return a mail as an entry: its kind, to whom, about which license, and how far it is."""
    text = _("%(kind)s to %(address)s") % {"kind": mail.kind_label, "address": mail.shown_to}
    label = str(MailState(mail.state).label)
    state = PILLS[MailState(mail.state)]
    at = mail.sent_at or mail.queued_at
    text = with_license(text, mail.about, names)
    return Entry(_("Mail"), at, text, name_of(mail.actor), state, label, mail.reason)


def with_license(text: str, about: str, names: Names) -> str:
    """Return a text with the license that it is about, where that has to be named."""
    if about not in names:
        return text
    return f"{text}, {_('license %(code)s') % {'code': names[about]}}"


def name_of(actor: User | None) -> str:
    """Return who did it; nothing for a customer or a worker."""
    return actor.name if actor else ""


def _pause(young: list[Mail], now: datetime) -> int | None:
    waiting = [mail for mail in young if mail.is_unfinished]
    if not waiting:
        return None
    return 1 if waiting[0].queued_at > now - timedelta(seconds=20) else 5
