"""The mail that a card did not pay for an order after all."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from mailing.kinds import MailText, mail_kind
from mailing.letters import letter
from mailing.models import Mail
from orders.models import Order
from orders.telling import PAYMENT_FAILED


@mail_kind(PAYMENT_FAILED, gettext_lazy("Payment of an order failed"))
def payment_failed(mail: Mail) -> MailText:
    """Tell who ordered that nothing was bought, and how to buy it again."""
    orders = Order.objects.with_parts().select_related("card_payment__card")
    order = orders.get(reseller=mail.reseller, number=mail.about)
    subject = _("Order %(number)s: the card payment failed") % {"number": order.number}
    again = f"{settings.SITE_URL}{reverse('orders:buy')}?again={order.number}"
    return letter(mail, subject, order=order, payment=order.card_payment, link=again)
