"""Paying back to the card that paid: written down first, then asked for until it is done."""

import math
import time
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.gateway import Answer, Outcome, gateway
from billing.models import (
    ZERO,
    BalanceEntry,
    CardPayment,
    CardRefund,
    CardRefundState,
    EntryKind,
)
from billing.payments.charging import asked
from billing.payments.opening import lease
from billing.payments.settling_refunds import note_refund, settle_refund
from reseller_portal.refusals import Refusal
from resellers.models import User

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
    """Return how much of a payment has not gone back, and is not about to.

    What was to go back and is a deposit again has not, unless the gateway says that it has.
    """
    refunds = CardRefund.objects.filter(payment=payment)
    kept = refunds.filter(state=CardRefundState.OTHERWISE, contradicted_at=None)
    keys = [refund.balance_key for refund in kept]
    deposited = BalanceEntry.objects.filter(kind=EntryKind.DEPOSIT, key__in=keys)
    return payment.amount - _total(refunds) + _total(deposited)


def _total(rows: QuerySet[Any]) -> Decimal:
    total: Decimal = rows.aggregate(total=Sum("amount", default=ZERO))["total"]
    return total


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


def pay_back(refund: CardRefund) -> None:
    """Ask the gateway for a refund that was claimed, and record what it says.

    One whose answer cannot be recorded stops no other: it is asked for again on its schedule.
    """
    answer = asked(lambda: _asked(refund))
    settled = partial(settle_refund, refund.pk, now=timezone.now(), asked_as=refund.request_key)
    try:
        settled(answer)
    except Exception:  # whatever it was, the other refunds are not to wait for it
        log.exception("refund_not_settled", id=refund.pk, outcome=answer.outcome)
        settled(Answer(Outcome.UNKNOWN, code="unexpected"))


def hear_of_refund(gateway_id: str, now: datetime) -> None:
    """Act on word of the gateway that something happened to a refund: ask, and record the end."""
    answer = asked(lambda: gateway().fetch_refund(gateway_id))
    if answer.outcome not in {Outcome.SUCCEEDED, Outcome.DECLINED}:
        return
    refund = refund_of(answer)
    if refund is not None:
        settle_refund(refund.pk, answer, now, asked_as=answer.key or refund.request_key)


def refund_of(answer: Answer) -> CardRefund | None:
    """Return which refund an answer is about, by the gateway's id or by the key of any request."""
    named = CardRefund.objects.filter(gateway_id=answer.gateway_id).first()
    if named is not None or not answer.key:
        return named
    keys = (answer.key, answer.key.rpartition("/")[0])
    asked_for = [
        refund
        for refund in CardRefund.objects.filter(key__in=keys)
        if refund.was_asked_as(answer.key)
    ]
    return max(asked_for, key=lambda refund: len(refund.key), default=None)


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
