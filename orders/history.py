"""What happened to an order and its licenses: mails and actions, newest first."""

from datetime import datetime

from django.utils.translation import gettext as _

from licenses.history import (
    SHOWN,
    TOLD_BY_THEIR_MAIL,
    Entry,
    History,
    Names,
    about_any,
    abouts,
    gathered,
    name_of,
    names_of,
    with_license,
)
from licenses.models import License
from licenses.tries import try_entries
from mailing.models import Mail
from orders.models import Order
from resellers.models import AuditEvent, User
from resellers.record import sentence

TOLD_OTHERWISE = ("order.placed", "order.mail_resent", *TOLD_BY_THEIR_MAIL)


def history(order: Order, user: User, now: datetime) -> History:
    """Return the history of an order and its licenses with which anything was ever done.

    Five queries at most.
    """
    reseller = order.reseller
    itself = Order.objects.for_reseller(reseller).filter(pk=order.pk).values("number")
    licenses = License.objects.for_reseller(reseller).filter(order=order)
    touched = licenses.ever_touched()
    mails = list(about_any(Mail.objects.for_reseller(reseller), itself, touched)[:SHOWN])
    events = about_any(AuditEvent.objects.for_reseller(reseller), itself, touched)
    told = list(events.exclude(verb__in=TOLD_OTHERWISE)[:SHOWN])
    names = names_of(licenses, abouts(mails, told) - {order.number})
    entries = [_event(event, names, order.currency) for event in told]
    entries += try_entries(reseller, touched, user, named=True)
    return gathered(mails, entries, names, now, latest_of=order.number)


def _event(event: AuditEvent, names: Names, currency: str) -> Entry:
    kind = _("License") if event.about in names else _("Order")
    text = with_license(sentence(event, currency), event.about, names)
    return Entry(kind, event.at, text, name_of(event.actor))
