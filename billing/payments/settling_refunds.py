"""Recording what the gateway answered about money that goes back to a card, with what follows."""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction

from billing.gateway import Answer, Outcome
from billing.models import CardRefund, CardRefundState
from billing.payments.opening import about_payment
from resellers.models import User
from resellers.steps import record

log = structlog.get_logger(__name__)

TOLD_BY_BANK = (Outcome.PENDING, Outcome.SUCCEEDED, Outcome.DECLINED)


@transaction.atomic(durable=True)
def settle_refund(refund_id: int, answer: Answer, now: datetime, *, asked_as: str) -> CardRefund:
    """Record an answer: done, under way, to be asked again, or handed to staff.

    What a bank has sent back later is owed again. `asked_as` is the key of the request that is
    answered: what comes late to one that staff have replaced says nothing of the new one.
    """
    rows = CardRefund.objects.select_related("payment__card", "reseller")
    refund = rows.select_for_update(no_key=True, of=("self",)).get(pk=refund_id)
    if refund.settled_at is not None:
        return _noted(refund, answer, now)
    is_known = answer.gateway_id == refund.gateway_id != ""
    if not is_known and (asked_as != refund.request_key or is_of_another(refund, answer)):
        return _noted_of_another(refund, answer, now)
    refund.gateway_id = refund.gateway_id or answer.gateway_id
    refund.reason = answer.code
    if answer.outcome in TOLD_BY_BANK:
        refund.is_pending = answer.outcome == Outcome.PENDING
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


def is_of_another(refund: CardRefund, answer: Answer) -> bool:
    """Say whether an answer is about something else than what the gateway has done for a refund."""
    return "" not in {refund.gateway_id, answer.gateway_id} and (
        refund.gateway_id != answer.gateway_id
    )


def _noted_of_another(refund: CardRefund, answer: Answer, now: datetime) -> CardRefund:
    """Heed of an earlier request that it did pay back, or may: a new one is not sent before.

    It is asked about instead; where the new one is out already, both may be on their way.
    """
    if answer.outcome in {Outcome.SUCCEEDED, Outcome.PENDING} and refund.sent_at is None:
        refund.gateway_id = answer.gateway_id
        save_refund(refund)
    elif answer.outcome == Outcome.SUCCEEDED:
        _contradict(refund, now)
    return refund


def _noted(refund: CardRefund, answer: Answer, now: datetime) -> CardRefund:
    is_done = refund.state == CardRefundState.SUCCEEDED
    is_same = bool(answer.gateway_id) and answer.gateway_id == refund.gateway_id
    if is_done and is_same and answer.outcome == Outcome.DECLINED:
        refund.reason = answer.code
        _park(refund)
    elif answer.outcome == Outcome.SUCCEEDED and (not is_done or is_of_another(refund, answer)):
        _contradict(refund, now)
    return refund


def _contradict(refund: CardRefund, now: datetime) -> None:
    """Mark a locked refund: by the gateway's word, money went back besides what is known here."""
    if refund.contradicted_at is None:
        refund.contradicted_at = now
        refund.save(update_fields=["contradicted_at"])
        note_refund(refund, "payment.refund_contradicted", None)
    log.error("refund_contradicted", id=refund.pk, state=refund.state)


def save_refund(refund: CardRefund) -> None:
    """Store what became of a locked refund."""
    fields = ("state", "reason", "gateway_id", "tries", "checks", "is_pending")
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
