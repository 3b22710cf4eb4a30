"""Asking the gateway: never within a transaction, and never with another key."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from billing.gateway import Answer, Charge, Outcome, gateway
from billing.models import CardPayment, PaymentState
from billing.payments.opening import lease, page_of
from billing.payments.settling import CARD_REFUSED, DROPPED, confirm_until, put_off, settle
from billing.purposes import purpose_named
from reseller_portal.locks import alone

log = structlog.get_logger(__name__)


def charge(payment: CardPayment, now: datetime | None = None) -> CardPayment:
    """Charge the card of a payment that was just committed, and return it as it is then.

    It is asked for once: whoever comes second gets the payment as it is. Whatever goes wrong is
    an outcome, not an error. Where nobody is there, it waits for its card's turn. Raises
    RuntimeError within a transaction.
    """
    if payment.has_person:
        return _charge(payment, now)
    with turn_of(payment.card_id, wait=True):
        return _charge(payment, now)


def turn_of(card_id: int, *, wait: bool) -> AbstractContextManager[bool]:
    """Be the only one who charges a card while nobody is there, so that a decline stops the next.

    Yields False if another one is, unless to `wait` for its end.
    """
    return alone(f"card/{card_id}", wait=wait)


def _charge(payment: CardPayment, now: datetime | None) -> CardPayment:
    moment = now or timezone.now()
    fresh = whole(payment.pk)
    unwanted = why_unwanted(fresh) if fresh.is_unsent else ""
    if fresh.checks or not _take(fresh, sent_at=None if unwanted else moment, now=moment):
        return whole(payment.pk)
    if unwanted:
        return _settled(fresh, lambda: never_sent(unwanted), first_at=fresh.checks)
    return _settled(fresh, lambda: gateway().charge(request_of(fresh)), first_at=0)


def why_unwanted(payment: CardPayment) -> str:
    """Return the code of why a card is not to be charged any more; empty if it is.

    The payment's purpose may ask the gateway, so that no transaction is open.
    """
    if not payment.has_person and payment.card.refused_at is not None:
        return CARD_REFUSED
    return "" if purpose_named(payment.purpose).may_charge(payment) else DROPPED


def never_sent(code: str) -> Answer:
    """Return what ends a payment that this process has taken, and that nobody has sent."""
    return Answer(Outcome.NOT_SENT, code=code)


def end_waiting(payment: CardPayment) -> CardPayment:
    """End a payment that waits for a person, at the gateway first; it may turn out to be paid.

    One that waits for an answer is left as it is. Raises RuntimeError within a transaction.
    """
    fresh = whole(payment.pk)
    if fresh.state != PaymentState.CONFIRMING:
        return fresh
    return _settled(fresh, lambda: gateway().cancel(fresh.gateway_id))


def look_again(payment: CardPayment, now: datetime | None = None) -> CardPayment:
    """Ask what became of a payment that waits for a person, who has just come back.

    Without a clear answer nothing changes. Raises RuntimeError within a transaction.
    """
    fresh = whole(payment.pk)
    if fresh.state not in {PaymentState.CONFIRMING, PaymentState.UNKNOWN} or not fresh.gateway_id:
        return fresh
    answer = asked(lambda: gateway().fetch(fresh.gateway_id))
    if answer.outcome in {Outcome.UNKNOWN, Outcome.NOT_SENT}:
        return fresh
    return _settled(fresh, lambda: answer, now=now)


def confirm(payment: CardPayment) -> CardPayment:
    """Let a person confirm a payment that was charged while nobody was there.

    The returned payment has a `confirm_url`, unless it is settled by this. Raises RuntimeError
    within a transaction.
    """
    fresh = whole(payment.pk)
    if fresh.state != PaymentState.CONFIRMING:
        return fresh
    back = page_of(fresh.uuid)
    answer = asked(lambda: gateway().confirm(fresh.gateway_id, fresh.card.token, back))
    if answer.outcome in {Outcome.UNKNOWN, Outcome.NOT_SENT}:
        return look_again(fresh)
    return _settled(fresh, lambda: answer)


def check(payment: CardPayment, now: datetime) -> CardPayment:
    """Find out about a payment that a worker has claimed; hand it to staff after too many times.

    One that nobody had begun to send until it was claimed is charged. Whatever goes wrong with one
    stops no other: it is looked at again on its schedule.
    """
    try:
        return _checked(payment, now)
    except Exception:  # whatever it was, the other payments of the lane are not to wait for it
        log.exception("payment_not_checked", id=payment.pk)
        put_off(payment, now)
        return whole(payment.pk)


def _checked(payment: CardPayment, now: datetime) -> CardPayment:
    if payment.checks > len(settings.CARD_CHECK_SECONDS):
        given_up = Answer(Outcome.UNKNOWN, code=payment.code)
        return settle(payment.pk, given_up, now)
    is_first = payment.sent_at is None
    if is_first and (unwanted := why_unwanted(payment)):
        return settle(payment.pk, never_sent(unwanted), now, first_at=payment.checks)
    if is_first and not _take(payment, sent_at=now, now=now):
        return whole(payment.pk)
    first_at = payment.checks if is_first else None
    answer = asked(lambda: find_out(payment, now))
    return settle(payment.pk, answer, now, first_at=first_at)


def find_out(payment: CardPayment, now: datetime) -> Answer:
    """Ask the gateway what became of a payment, never so that it could be charged twice.

    By the gateway's id if it is known; else by the same request with the same key, as long as the
    gateway keeps keys; else among the customer's payments. A person's time to confirm may be over,
    or its purpose may wait no longer: then the payment is ended first.
    """
    if payment.gateway_id:
        answer = gateway().fetch(payment.gateway_id)
        may_wait = purpose_named(payment.purpose).may_wait(payment, now)
        is_over = now >= confirm_until(payment) or not may_wait
        if answer.outcome == Outcome.NEEDS_AUTHENTICATION and is_over:
            return gateway().cancel(payment.gateway_id)
        return answer
    began = payment.sent_at or payment.created_at
    if now < began + timedelta(seconds=settings.CARD_KEY_LIFE_SECONDS):
        return gateway().charge(request_of(payment))
    return gateway().find(request_of(payment), began - timedelta(days=1))


def request_of(payment: CardPayment) -> Charge:
    """Return what is asked of the gateway: always the same for one payment."""
    return Charge(
        key=payment.key,
        customer=payment.reseller.account.gateway_customer,
        card=payment.card.token,
        amount=payment.amount,
        currency=payment.currency,
        purpose=payment.purpose,
        return_url=payment.return_url,
    )


def asked(ask: Callable[[], Answer]) -> Answer:
    """Ask the gateway; what nobody expected leaves the outcome unknown."""
    try:
        return ask()
    except Exception:  # whatever it was, the card may have been charged
        log.exception("gateway_broke")
        return Answer(Outcome.UNKNOWN, code="unexpected")


def whole(payment_id: int) -> CardPayment:
    """Return a payment with its parts. Raises RuntimeError within a transaction."""
    with transaction.atomic(durable=True):
        rows = CardPayment.objects.select_related("reseller__account", "card", "actor")
        return rows.get(pk=payment_id)


def _take(payment: CardPayment, *, sent_at: datetime | None, now: datetime) -> bool:
    """Take a payment that nobody has sent or taken since it was read, for as long as a lease.

    That it is sent is written down last before it is: whoever dies before has not judged for those
    who come after.
    """
    with transaction.atomic(durable=True):
        unsent = CardPayment.objects.open().filter(
            pk=payment.pk,
            sent_at=None,
            checks=payment.checks,
            next_check_at=payment.next_check_at,
        )
        taken = bool(unsent.update(sent_at=sent_at, next_check_at=now + lease()))
    payment.sent_at = sent_at
    return taken


def _settled(
    payment: CardPayment,
    ask: Callable[[], Answer],
    *,
    first_at: int | None = None,
    now: datetime | None = None,
) -> CardPayment:
    answer = asked(ask)
    try:
        settled = settle(payment.pk, answer, now or timezone.now(), first_at=first_at)
    except Exception:  # the person is shown the payment as it is; a worker settles it again
        log.exception("payment_not_settled", id=payment.pk, outcome=answer.outcome)
        return whole(payment.pk)
    settled.confirm_url = answer.confirm_url
    return settled
