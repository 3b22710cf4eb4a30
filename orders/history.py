"""What happened to an order and its licenses: mails and actions, newest first."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, CharField, F, Func, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext as _, ngettext

from licenses.codes import last_group
from licenses.models import License
from mailing.models import Mail, MailState
from orders.models import Order
from reseller_portal.display import amount_text
from resellers.models import AuditEvent, User

SHOWN = 20
WATCHED = timedelta(minutes=5)
PILLS = {
    MailState.QUEUED: "queued",
    MailState.RUNNING: "running",
    MailState.DONE: "sent",
    MailState.FAILED: "failed",
    MailState.STUCK: "stuck",
    MailState.DROPPED: "dropped",
}
TOLD_OTHERWISE = ("order.placed", "order.mail_resent", "mail.resent", "mail.retried")


@dataclass(frozen=True)
class Entry:
    """One thing that happened, and who did it. A mail has a state, and a reason if it failed."""

    kind: str
    at: datetime
    text: str
    by: str = ""
    state: str = ""
    state_label: str = ""
    reason: str = ""


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


def history(order: Order, now: datetime) -> History:
    """Return the history of an order with that of its licenses: three queries."""
    mails = list(_about(Mail.objects.for_reseller(order.reseller), order)[:SHOWN])
    events = _about(AuditEvent.objects.for_reseller(order.reseller), order)
    told = list(events.exclude(verb__in=TOLD_OTHERWISE)[:SHOWN])
    names = _names(order, {row.about for row in [*mails, *told]})
    entries = [*(_mail(mail, names) for mail in mails), *(_event(event, names) for event in told)]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    young = [mail for mail in mails if mail.queued_at > now - WATCHED]
    latest = next((_mail(mail, names) for mail in young if mail.about == order.number), None)
    return History(entries[:SHOWN], latest, _pause(young, now))


def _pause(young: list[Mail], now: datetime) -> int | None:
    waiting = [mail for mail in young if mail.is_unfinished]
    if not waiting:
        return None
    return 1 if waiting[0].queued_at > now - timedelta(seconds=20) else 5


class AnyOf(ArraySubquery):
    """The right side of `= ANY (…)`: PostgreSQL walks an index once for all of the values."""

    template = "ANY (ARRAY(%(subquery)s))"


def _about(rows: QuerySet[Any], order: Order) -> QuerySet[Any]:
    """Keep what is about the order, or about a license of it that was ever used or cancelled."""
    licenses = License.objects.for_reseller(order.reseller).filter(order=order).order_by()
    touched = licenses.exclude(activated_at=None, cancelled_at=None)
    ids = touched.annotate(public_id=Cast("uuid", CharField())).values("public_id")
    itself = Order.objects.for_reseller(order.reseller).filter(pk=order.pk).order_by()
    abouts = AnyOf(itself.values("number").union(ids, all=True))
    equal = {"template": "%(expressions)s", "arg_joiner": " = ", "output_field": BooleanField()}
    return rows.filter(Func(F("about"), abouts, **equal)).select_related("actor")


def _names(order: Order, abouts: set[str]) -> dict[str, str]:
    licenses = License.objects.for_reseller(order.reseller).filter(
        order=order, uuid__in=abouts - {order.number}
    )
    rows = licenses.values_list("uuid", "activation_code")
    return {str(uuid): last_group(code) for uuid, code in rows}


def _mail(mail: Mail, names: Mapping[str, str]) -> Entry:
    text = _("%(kind)s to %(address)s") % {"kind": mail.kind_label, "address": mail.to}
    if mail.about in names:
        text = f"{text}, {_license(mail.about, names)}"
    label = str(MailState(mail.state).label)
    state = PILLS[MailState(mail.state)]
    at = mail.sent_at or mail.queued_at
    return Entry(_("Mail"), at, text, _by(mail.actor), state, label, mail.reason)


def _event(event: AuditEvent, names: Mapping[str, str]) -> Entry:
    kind = _("License") if event.about in names else _("Order")
    return Entry(kind, event.at, _words(event, _license(event.about, names)), _by(event.actor))


def _words(event: AuditEvent, license: str) -> str:
    match event.verb, event.changes:
        case "license.activated", {"customer": customer}:
            return _("Activated for %(customer)s, %(license)s") % {
                "customer": customer,
                "license": license,
            }
        case "license.billing_state_changed", {"recurrent": True}:
            return _("Auto-renew turned on, %(license)s") % {"license": license}
        case "license.billing_state_changed", _:
            return _("Auto-renew turned off, %(license)s") % {"license": license}
        case "order.refund_asked" | "order.refund_rejected" | "order.refunded", {
            "licenses": count,
            "amount": amount,
        }:
            return _refund(event.verb, count, amount)
    words = event.verb.rpartition(".")[2].replace("_", " ").capitalize()
    return f"{words}, {license}" if license else words


def _refund(verb: str, count: int, amount: str) -> str:
    said = {
        "order.refund_asked": _("Refund of %(amount)s asked for"),
        "order.refund_rejected": _("Refund of %(amount)s turned down"),
        "order.refunded": _("Refunded %(amount)s"),
    }[verb]
    licenses = ngettext("%(count)d license", "%(count)d licenses", count) % {"count": count}
    return f"{said % {'amount': amount_text(Decimal(amount))}}, {licenses}"


def _license(about: str, names: Mapping[str, str]) -> str:
    return _("license %(code)s") % {"code": names[about]} if about in names else ""


def _by(actor: User | None) -> str:
    return actor.name if actor else ""
