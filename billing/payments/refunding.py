"""Paying back to the card that paid: written down first, then asked for until it is done."""

import math
import time
from datetime import datetime, timedelta
from decimal import Decimal

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.gateway import Answer, Outcome, gateway
from billing.models import ZERO, CardPayment, CardRefund, CardRefundState
from billing.payments.opening import about_payment, lease
from reseller_portal.refusals import Refusal
from resellers.models import User
from resellers.steps import record

log = structlog.get_logger(__name__)


def open_refund(
    payment: CardPayment, amount: Decimal, *, key: str, actor: User | None, now: datetime
) -> CardRefund:
    """Write down that an amount of a payment goes back to its card; a worker sees to it.

    The account is locked. The same `key` gives the refund that is there already. Raises Refusal for
    more than the payment has left, and for one that was not paid.
    """
    before = CardRefund.objects.filter(key=key).first()
    if before is not None:
        return before
    if not payment.is_paid or amount > left_of(payment):
        raise Refusal(_("That is more than was paid by card. Nothing was refunded."))
    refund = CardRefund.objects.create(
        reseller=payment.reseller,
        payment=payment,
        key=key,
        amount=amount,
        next_check_at=now,
        actor=actor,
        created_at=now,
    )
    _note(refund, "payment.refund_started", actor)
    return refund


def left_of(payment: CardPayment) -> Decimal:
    """Return how much of a payment has not gone back, and is not about to."""
    refunds = CardRefund.objects.filter(payment=payment)
    back: Decimal = refunds.aggregate(total=Sum("amount", default=ZERO))["total"]
    return payment.amount - back


def sweep_refunds(until: float = math.inf) -> int:
    """Ask for what is due, one after another, as long as the clock allows; returns how many."""
    seen = 0
    while time.monotonic() < until and (refund := claim_next(timezone.now())) is not None:
        pay_back(refund)
        seen += 1
    return seen


def claim_next(now: datetime) -> CardRefund | None:
    """Take the refund that has been due longest, passing over those that others are taking."""
    with transaction.atomic(durable=True):
        due = CardRefund.objects.due(now).select_for_update(skip_locked=True, no_key=True)
        refund_id = due.order_by("next_check_at", "pk").values_list("pk", flat=True).first()
        if refund_id is None:
            return None
        CardRefund.objects.filter(pk=refund_id).update(
            checks=F("checks") + 1,
            next_check_at=now + lease(),
            sent_at=Coalesce("sent_at", now),
        )
        rows = CardRefund.objects.select_related("payment__card", "reseller", "actor")
        return rows.get(pk=refund_id)


def pay_back(refund: CardRefund) -> CardRefund:
    """Ask the gateway for a refund that was claimed, and record what it says."""
    try:
        answer = _asked(refund)
    except Exception:
        log.exception("gateway_broke")
        answer = Answer(Outcome.UNKNOWN, code="unexpected")
    return settle_refund(refund.pk, answer, timezone.now())


def _asked(refund: CardRefund) -> Answer:
    payment = refund.payment
    began = refund.sent_at or refund.created_at
    if timezone.now() >= began + timedelta(seconds=settings.CARD_KEY_LIFE_SECONDS):
        found = gateway().find_refund(refund.key, payment.gateway_id)
        if found.outcome != Outcome.ABSENT:
            return found
    return gateway().refund(refund.key, payment.gateway_id, refund.amount, payment.currency)


@transaction.atomic(durable=True)
def settle_refund(refund_id: int, answer: Answer, now: datetime) -> CardRefund:
    """Record an answer: done, to be asked again on the schedule, or handed to staff."""
    rows = CardRefund.objects.select_related("payment__card", "reseller")
    refund = rows.select_for_update(no_key=True, of=("self",)).get(pk=refund_id)
    if refund.settled_at is not None:
        return refund
    pauses = settings.CARD_CHECK_SECONDS
    refund.gateway_id, refund.reason = answer.gateway_id, answer.code
    if answer.outcome == Outcome.SUCCEEDED:
        refund.state, refund.settled_at, refund.next_check_at = CardRefundState.SUCCEEDED, now, None
        _note(refund, "payment.refunded", None)
    elif answer.outcome == Outcome.DECLINED or refund.checks > len(pauses):
        refund.state, refund.next_check_at = CardRefundState.PARKED, None
        log.error("refund_parked", id=refund.pk, code=answer.code)
    else:
        pause = pauses[max(refund.checks, 1) - 1]
        refund.next_check_at = now + timedelta(seconds=pause)
    fields = ("state", "reason", "gateway_id", "next_check_at", "settled_at")
    refund.save(update_fields=fields)
    return refund


def _note(refund: CardRefund, verb: str, actor: User | None) -> None:
    payment = refund.payment
    record(
        verb,
        about_payment(payment),
        reseller=refund.reseller,
        actor=actor,
        amount=str(refund.amount),
        card=str(payment.card),
    )
