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
from orders.telling import ASKED, DECIDED


@mail_kind(ASKED, gettext_lazy("Refund asked for"))
def refund_asked(mail: Mail) -> MailText:
    """Ask vendor staff to decide."""
    order = _order(mail)
    link = f"{reverse('admin:orders_refund_changelist')}?state__exact=asked&q={order.number}"
    subject = _("%(reseller)s asks for a refund of order %(number)s")
    return _letter(mail, order, subject, link)


@mail_kind(DECIDED, gettext_lazy("Refund decided"))
def refund_decided(mail: Mail) -> MailText:
    """Tell what became of a refund, whether it was asked for or not."""
    order = _order(mail)
    is_approved = mail.params["state"] == RefundState.APPROVED
    subject = _("Refund of order %(number)s") if is_approved else _("No refund of order %(number)s")
    link = reverse("orders:show", args=[order.number])
    card = order.card_payment and order.card_payment.card
    where = _("card %(card)s") % {"card": card} if card else _("balance")
    return _letter(mail, order, subject, link, is_approved=is_approved, where=where)


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
