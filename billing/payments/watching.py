"""Looking at card payments that are not settled, on the schedule, whoever died meanwhile."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from random import sample

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from billing.models import CardPayment, PaymentState
from billing.payments.charging import charge, check, turn_of, whole
from billing.payments.opening import lease
from billing.payments.refunding import sweep_refunds
from reseller_portal.locks import alone

PAUSE = 0.2


def check_one(payment_id: int) -> None:
    """Look at one payment, if it is due and nobody else does."""
    now = timezone.now()
    with transaction.atomic(durable=True):
        won = claim(payment_id, now)
    if won:
        check(whole(payment_id), now)


def sweep() -> int:
    """Look at what is due, many cards at once, for JOB_SWEEP_SECONDS; returns how many payments.

    Each card has one payment after another. Refunds have a place beside the cards. It is one
    process that does, so that a slow gateway leaves the others free for everything else.
    """
    with alone("card gateway", wait=False) as held:
        if not held:
            return 0
        until = time.monotonic() + settings.JOB_SWEEP_SECONDS
        with ThreadPoolExecutor(settings.CARDS_AT_ONCE + 1) as pool:
            refunds = pool.submit(_in_thread, partial(sweep_refunds, until))
            cards = [pool.submit(_in_thread, partial(_lane, card, until)) for card in cards_due()]
            refunds.result()
            return sum(lane.result() for lane in cards)


def cards_due() -> list[int]:
    """Return the cards with payments that are due, in no order: none comes last every time."""
    due = CardPayment.objects.due(timezone.now()).order_by()
    cards = list(due.values_list("card_id", flat=True).distinct())
    return sample(cards, len(cards))


def see_through(payment_id: int) -> CardPayment:
    """Return a payment once it is not being sent any more: by us, or by who sends it already.

    Whoever died while sending it is followed once the lease has run out.
    """
    payment = charge(whole(payment_id))
    while _is_in_other_hands(payment):
        time.sleep(PAUSE)
        payment = whole(payment_id)
    if payment.state == PaymentState.SENDING:
        check_one(payment_id)
    return whole(payment_id)


def _is_in_other_hands(payment: CardPayment) -> bool:
    leased_until, now = payment.next_check_at, timezone.now()
    is_leased = leased_until is not None and now < leased_until <= now + lease()
    return payment.state == PaymentState.SENDING and is_leased


def _lane(card_id: int, until: float) -> int:
    seen = 0
    with turn_of(card_id, wait=False) as held:
        while held and time.monotonic() < until:
            now = timezone.now()
            payment_id = claim_next(now, card_id)
            if payment_id is None:
                break
            check(whole(payment_id), now)
            seen += 1
    return seen


def _in_thread(work: Callable[[], int]) -> int:
    try:
        return work()
    finally:
        connection.close()


def claim(payment_id: int, now: datetime) -> bool:
    """Take a payment that is due for as long as a lease; one UPDATE counts the check."""
    due = CardPayment.objects.due(now).filter(pk=payment_id)
    return bool(due.update(checks=F("checks") + 1, next_check_at=now + lease()))


def claim_next(now: datetime, card_id: int) -> int | None:
    """Take the payment of a card that has been due longest, passing over what others take."""
    with transaction.atomic(durable=True):
        due = CardPayment.objects.due(now).filter(card=card_id)
        waiting = due.select_for_update(skip_locked=True, no_key=True)
        keys = waiting.order_by("next_check_at", "pk").values_list("pk", flat=True)
        payment_id = keys.first()
        return payment_id if payment_id is not None and claim(payment_id, now) else None
