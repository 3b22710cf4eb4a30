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
from billing.payments.charging import asked
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
    note_refund(refund, "payment.refund_started", actor)
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
    answer = asked(lambda: _asked(refund))
    return settle_refund(refund.pk, answer, timezone.now())


def hear_of_refund(gateway_id: str, now: datetime) -> None:
    """Act on word of the gateway that something happened to a refund: ask, and record the end."""
    refund = CardRefund.objects.filter(gateway_id=gateway_id).first()
    if refund is None or not gateway_id:
        return
    answer = asked(lambda: gateway().fetch_refund(gateway_id))
    if answer.outcome in {Outcome.SUCCEEDED, Outcome.DECLINED}:
        settle_refund(refund.pk, answer, now)


def _asked(refund: CardRefund) -> Answer:
    payment, key = refund.payment, refund.request_key
    if refund.gateway_id:
        return gateway().fetch_refund(refund.gateway_id)
    began = refund.sent_at or refund.created_at
    if timezone.now() >= began + timedelta(seconds=settings.CARD_KEY_LIFE_SECONDS):
        found = gateway().find_refund(key, payment.gateway_id)
        if found.outcome != Outcome.ABSENT:
            return found
    return gateway().refund(key, payment.gateway_id, refund.amount, payment.currency)


@transaction.atomic(durable=True)
def settle_refund(refund_id: int, answer: Answer, now: datetime) -> CardRefund:
    """Record an answer: done, under way, to be asked again, or handed to staff.

    What a bank has sent back later is owed again.
    """
    rows = CardRefund.objects.select_related("payment__card", "reseller")
    refund = rows.select_for_update(no_key=True, of=("self",)).get(pk=refund_id)
    if refund.settled_at is not None:
        return _noted(refund, answer)
    refund.gateway_id = answer.gateway_id or refund.gateway_id
    refund.reason = answer.code
    pause = _pause(refund, answer, now)
    if answer.outcome == Outcome.SUCCEEDED:
        end_refund(refund, CardRefundState.SUCCEEDED, now)
    elif pause is None:
        _park(refund)
    else:
        refund.state, refund.next_check_at = CardRefundState.WAITING, now + pause
        save_refund(refund)
    return refund


def _pause(refund: CardRefund, answer: Answer, now: datetime) -> timedelta | None:
    """Return after what time to ask again; None if staff have to find out."""
    pauses = settings.CARD_CHECK_SECONDS
    if answer.outcome == Outcome.PENDING:
        began = refund.sent_at or refund.created_at
        is_over = now >= began + timedelta(seconds=settings.CARD_REFUND_PENDING_SECONDS)
        return None if is_over else timedelta(seconds=pauses[-1])
    if answer.outcome == Outcome.DECLINED or refund.checks > len(pauses):
        return None
    return timedelta(seconds=pauses[max(refund.checks, 1) - 1])


def end_refund(refund: CardRefund, state: CardRefundState, now: datetime) -> None:
    """Record of a locked refund that the money is back."""
    refund.state, refund.settled_at, refund.next_check_at = state, now, None
    save_refund(refund)
    if state == CardRefundState.SUCCEEDED:
        note_refund(refund, "payment.refunded", None)


def _park(refund: CardRefund) -> None:
    was, refund.state = refund.state, CardRefundState.PARKED
    refund.settled_at = refund.next_check_at = None
    save_refund(refund)
    if was != refund.state:
        note_refund(refund, "payment.refund_failed", None)
        log.error("refund_parked", id=refund.pk, code=refund.reason)


def _noted(refund: CardRefund, answer: Answer) -> CardRefund:
    is_done = refund.state == CardRefundState.SUCCEEDED
    is_same = bool(answer.gateway_id) and answer.gateway_id == refund.gateway_id
    if is_done and is_same and answer.outcome == Outcome.DECLINED:
        refund.reason = answer.code
        _park(refund)
    elif not is_done and answer.outcome == Outcome.SUCCEEDED:
        log.error("refund_contradicted", id=refund.pk)
    return refund


def save_refund(refund: CardRefund) -> None:
    """Store what became of a locked refund."""
    fields = ("state", "reason", "gateway_id", "tries", "checks")
    refund.save(update_fields=[*fields, "sent_at", "next_check_at", "settled_at"])


def note_refund(refund: CardRefund, verb: str, actor: User | None, **changes: str) -> None:
    """Write down what happened to a refund, on its payment."""
    payment = refund.payment
    record(
        verb,
        about_payment(payment),
        reseller=refund.reseller,
        actor=actor,
        amount=str(refund.amount),
        card=str(payment.card),
        **changes,
    )
