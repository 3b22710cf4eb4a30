"""The mails about refunds: to the vendor's staff that one waits, and back what was decided."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from mailing.kinds import MailText, mail_kind
from mailing.letters import letter
from mailing.models import Mail
from orders.models import Order, RefundState
from orders.refund_parts import Way, from_changes, ways, where, where_of_yours
from orders.telling import ASKED, DECIDED


@mail_kind(ASKED, gettext_lazy("Refund asked for"))
def refund_asked(mail: Mail) -> MailText:
    """Ask vendor staff to decide."""
    order = _order(mail)
    link = f"{reverse('admin:orders_refund_changelist')}?state__exact=asked&q={order.number}"
    subject = _("%(reseller)s asks for a refund of order %(number)s")
    back = where(_ways(mail, order), order.currency)
    return _letter(mail, order, subject, link, where=back)


@mail_kind(DECIDED, gettext_lazy("Refund decided"))
def refund_decided(mail: Mail) -> MailText:
    """Tell what became of a refund, whether it was asked for or not."""
    order = _order(mail)
    is_approved = mail.params["state"] == RefundState.APPROVED
    subject = _("Refund of order %(number)s") if is_approved else _("No refund of order %(number)s")
    link = reverse("orders:show", args=[order.number])
    back = where_of_yours(_ways(mail, order), order.currency)
    return _letter(mail, order, subject, link, is_approved=is_approved, where=back)


def _ways(mail: Mail, order: Order) -> list[Way]:
    """Return where the money goes; where nothing was said of it, to what paid the order."""
    amount = Decimal(mail.params["amount"])
    return from_changes(mail.params) or ways([(order.card_payment, amount)])


def _order(mail: Mail) -> Order:
    return Order.objects.with_parts().get(reseller=mail.reseller, number=mail.about)


def _letter(mail: Mail, order: Order, subject: str, link: str, **context: Any) -> MailText:
    return letter(
        mail,
        subject % {"reseller": order.reseller, "number": order.number},
        order=order,
        link=f"{settings.SITE_URL}{link}",
        amount=Decimal(mail.params["amount"]),
        licenses=mail.params["licenses"],
        reason=mail.params["reason"],
        answer=mail.params["answer"],
        **context,
    )
