"""What people do about an order."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from mailing.models import Mail
from mailing.steps import queue_mail
from orders.confirmation import KIND, recipient, sent_before, why_not_resend
from orders.steps import lock_order
from reseller_portal.refusals import Refusal
from resellers.models import User
from resellers.steps import record


@transaction.atomic(durable=True)
def resend_confirmation(
    order_number: str, *, actor: User, now: datetime, key: UUID | None = None
) -> Mail:
    """Send the confirmation of an order, with its codes, once more.

    `key` is the one-time key of the form: a second press of the same button gives the same mail.
    Raises Refusal while there is nothing to send, or too soon after the last one, and
    Order.DoesNotExist for a stranger's order.
    """
    order = lock_order(order_number, actor)
    mail_key = f"{KIND}/{order.number}/{key or uuid4()}"
    same = sent_before(order).filter(key=mail_key).first()
    if same is not None:
        return same
    reason = why_not_resend(order, now)
    if reason:
        raise Refusal(reason)
    to = recipient(order, actor).user.email
    record("order.mail_resent", order.number, reseller=order.reseller, actor=actor, to=to)
    return queue_mail(
        KIND,
        key=mail_key,
        to=to,
        about=order.number,
        reseller=order.reseller,
        actor=actor,
        now=now,
    )
