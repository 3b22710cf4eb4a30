"""What happened to an order and its licenses: mails and actions, newest first."""

from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, CharField, F, Func, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from licenses.codes import last_group
from licenses.history import (
    SHOWN,
    Entry,
    History,
    Names,
    gathered,
    name_of,
    with_license,
)
from licenses.models import License
from mailing.models import Mail
from orders.models import Order
from resellers.models import AuditEvent
from resellers.record import sentence

TOLD_OTHERWISE = ("order.placed", "order.mail_resent", "mail.resent", "mail.retried")


def history(order: Order, now: datetime) -> History:
    """Return the history of an order with that of its licenses: three queries."""
    mails = list(_about(Mail.objects.for_reseller(order.reseller), order)[:SHOWN])
    events = _about(AuditEvent.objects.for_reseller(order.reseller), order)
    told = list(events.exclude(verb__in=TOLD_OTHERWISE)[:SHOWN])
    names = _names(order, {row.about for row in [*mails, *told]})
    entries = [_event(event, names) for event in told]
    return gathered(mails, entries, names, now, latest_of=order.number)


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


def _event(event: AuditEvent, names: Names) -> Entry:
    kind = _("License") if event.about in names else _("Order")
    text = with_license(sentence(event), event.about, names)
    return Entry(kind, event.at, text, name_of(event.actor))
