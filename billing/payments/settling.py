"""Recording what the gateway answered, once, with all that follows from it."""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from billing.gateway import Answer, Outcome
from billing.gateway.declines import decline_reason
from billing.models import Account, CardPayment, PaymentState
from billing.payments.opening import note
from billing.payments.telling import tell_to_confirm
from billing.purposes import purpose_named
from billing.steps import lock_account

log = structlog.get_logger(__name__)

# Why a payment was given up here, before the gateway heard of it.
DROPPED, CARD_REFUSED = "dropped", "card_refused"
ENDS = {
    Outcome.SUCCEEDED: PaymentState.SUCCEEDED,
    Outcome.DECLINED: PaymentState.DECLINED,
    Outcome.REFUSED: PaymentState.REFUSED,
    Outcome.CANCELLED: PaymentState.ABANDONED,
    Outcome.NOT_SENT: PaymentState.NOT_SENT,
    Outcome.ABSENT: PaymentState.NOT_SENT,
}


@transaction.atomic(durable=True)
def settle(
    payment_id: int, answer: Answer, now: datetime, *, first_at: int | None = None
) -> CardPayment:
    """Record an answer of the gateway, and let the payment's purpose do what follows.

    Repeated, late and contradicting answers change nothing of what is settled. Only of the very
    first request does a refused connection prove that nothing was charged: `first_at` is the number
    of checks that the payment has if this was the first one, and no other came between.
    """
    payment, account = lock_payment(payment_id)
    if payment.is_settled:
        return _noted(payment, answer, now)
    outcome = answer.outcome
    if outcome == Outcome.NOT_SENT and payment.checks != first_at:
        outcome = Outcome.UNKNOWN
    payment.gateway_id = payment.gateway_id or answer.gateway_id
    payment.code = answer.code[:60]
    if outcome in ENDS:
        end(payment, account, ENDS[outcome], now)
    elif outcome == Outcome.NEEDS_AUTHENTICATION:
        _wait_for_person(payment, account, now)
    else:
        _wait_for_answer(payment, account, now)
    return payment


def lock_payment(payment_id: int) -> tuple[CardPayment, Account]:
    """Lock a payment, its account before it, and return both as they are now."""
    rows = CardPayment.objects.select_related("reseller", "card", "actor")
    account = lock_account(rows.get(pk=payment_id).reseller, parked_too=True)
    locked = rows.select_for_update(no_key=True, of=("self",))
    return locked.get(pk=payment_id), account


def end(
    payment: CardPayment, account: Account, state: PaymentState, now: datetime, reason: str = ""
) -> None:
    """Settle a locked payment for good."""
    payment.state, payment.settled_at, payment.next_check_at = state, now, None
    payment.reason = reason or reason_of(payment)
    _save(payment)
    _judge_card(payment, now)
    purpose = purpose_named(payment.purpose)
    handle = purpose.succeeded if payment.is_paid else purpose.failed
    handle(payment, account, now)
    note(payment, "payment.settled", payment.actor, state=payment.state, reason=payment.reason)
    log.info("payment_settled", id=payment.pk, state=payment.state, code=payment.code)


def _judge_card(payment: CardPayment, now: datetime) -> None:
    card, is_refused = payment.card, payment.state == PaymentState.REFUSED
    if payment.is_paid or (is_refused and not payment.has_person):
        card.refused_at = now if is_refused else None
        card.save(update_fields=["refused_at"])


def _wait_for_person(payment: CardPayment, account: Account, now: datetime) -> None:
    was, payment.state = payment.state, PaymentState.CONFIRMING
    payment.next_check_at = max(confirm_until(payment), now + timedelta(seconds=1))
    payment.reason = decline_reason("authentication_required")
    _save(payment)
    if was != payment.state:
        purpose_named(payment.purpose).pending(payment, account, now)
        tell_to_confirm(payment, now)


def _wait_for_answer(payment: CardPayment, account: Account, now: datetime) -> None:
    pauses = settings.CARD_CHECK_SECONDS
    was = payment.state
    if payment.checks < len(pauses):
        payment.state = PaymentState.UNKNOWN
        payment.next_check_at = now + timedelta(seconds=pauses[payment.checks])
    else:
        payment.state, payment.next_check_at = PaymentState.PARKED, None
        log.error("payment_parked", id=payment.pk, code=payment.code)
    payment.reason = reason_of(payment)
    _save(payment)
    if was != payment.state == PaymentState.UNKNOWN:
        purpose_named(payment.purpose).pending(payment, account, now)


def put_off(payment: CardPayment, now: datetime) -> None:
    """Have a claimed payment that could not be seen to looked at again on its schedule.

    One UPDATE of this row alone: what follows from an answer may be what fails.
    """
    pauses = settings.CARD_CHECK_SECONDS
    pause = timedelta(seconds=pauses[min(payment.checks, len(pauses)) - 1])
    claimed = CardPayment.objects.open().filter(pk=payment.pk, checks=payment.checks)
    claimed.update(next_check_at=now + pause)


def confirm_until(payment: CardPayment) -> datetime:
    """Return until when a person may confirm a payment."""
    seconds = (
        settings.CARD_CONFIRM_SECONDS if payment.has_person else settings.CARD_CONFIRM_LATER_SECONDS
    )
    return payment.created_at + timedelta(seconds=seconds)


def reason_of(payment: CardPayment) -> str:
    """Return why a payment is not paid, or not yet, as a sentence; empty for one that is."""
    reasons: dict[str, str] = {
        PaymentState.SUCCEEDED: "",
        PaymentState.NOT_SENT: _(
            "The card gateway did not take the payment; nothing was charged. Try again later, or "
            "use another card."
        ),
        PaymentState.ABANDONED: _("It was not confirmed in time; nothing was charged."),
        PaymentState.UNKNOWN: _("The card gateway has not answered yet. It is asked again."),
        PaymentState.PARKED: _(
            "The card gateway has not answered for days. The vendor's staff find out."
        ),
    }
    if payment.code == DROPPED:
        return _("It was not sent in time, or not needed any more; nothing was charged.")
    if payment.code == CARD_REFUSED:
        return _("The card was declined for good before, so it was not charged. Use another one.")
    known = reasons.get(payment.state)
    return decline_reason(payment.code) if known is None else known


def _noted(payment: CardPayment, answer: Answer, now: datetime) -> CardPayment:
    if answer.outcome == Outcome.SUCCEEDED and not payment.is_paid:
        if payment.contradicted_at is None:
            payment.contradicted_at = now
            payment.gateway_id = payment.gateway_id or answer.gateway_id
            payment.save(update_fields=["contradicted_at", "gateway_id"])
            note(payment, "payment.contradicted", None)
        log.error("payment_contradicted", id=payment.pk, state=payment.state)
    return payment


def _save(payment: CardPayment) -> None:
    payment.save(
        update_fields=[
            *("state", "reason", "code", "gateway_id"),
            *("next_check_at", "settled_at"),
        ]
    )
