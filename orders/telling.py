"""Who is told of refunds and failed payments: mails as rows, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

from billing.models import ZERO
from mailing.steps import queue_mail
from orders.models import Order, Refund
from orders.refund_parts import Way, as_changes
from resellers.models import User
from resellers.roles import Role

ASKED, DECIDED = "refund_asked", "refund_decided"
PAYMENT_FAILED = "order_payment_failed"


def tell_staff(
    order: Order, refunds: Sequence[Refund], back: Sequence[Way], *, actor: User, now: datetime
) -> None:
    """Tell the vendor's staff that a refund waits for them."""
    for person in User.objects.filter(is_staff=True, is_active=True).order_by("pk"):
        _queue(ASKED, person, order, refunds, back, actor=actor, now=now)


def tell_asker(
    order: Order, refunds: Sequence[Refund], back: Sequence[Way], *, actor: User, now: datetime
) -> None:
    """Tell who asked what was decided; of the vendor's own idea, the admins of the company."""
    askers = {refund.asked_by.pk: refund.asked_by for refund in refunds if refund.asked_by}
    admins = order.reseller.users.filter(role=Role.ADMIN, is_active=True).order_by("pk")
    for person in askers.values() or admins:
        _queue(DECIDED, person, order, refunds, back, actor=actor, now=now)


def tell_payment_failed(order: Order, *, now: datetime) -> None:
    """Tell who ordered that the card did not pay after all."""
    queue_mail(
        PAYMENT_FAILED,
        key=f"{PAYMENT_FAILED}/{order.number}",
        to=order.user.email,
        about=order.number,
        reseller=order.reseller,
        now=now,
    )


def _queue(
    kind: str,
    to: User,
    order: Order,
    refunds: Sequence[Refund],
    back: Sequence[Way],
    *,
    actor: User,
    now: datetime,
) -> None:
    first = refunds[0]
    queue_mail(
        kind,
        key=f"{kind}/{first.pk}/{now.isoformat()}/{to.pk}",
        to=to.email,
        about=order.number,
        reseller=order.reseller,
        actor=actor,
        params={
            "state": first.state,
            "licenses": len(refunds),
            "amount": str(sum((refund.amount for refund in refunds), ZERO)),
            "reason": first.reason,
            "answer": first.answer,
            **as_changes(back),
        },
        now=now,
    )
