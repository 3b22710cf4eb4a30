"""Looking at card payments that are not settled, on the schedule, whoever died meanwhile."""

import time
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from billing.models import CardPayment
from billing.payments.charging import check, whole
from billing.payments.opening import lease


def check_one(payment_id: int) -> None:
    """Look at one payment, if it is due and nobody else does."""
    now = timezone.now()
    with transaction.atomic(durable=True):
        won = claim(payment_id, now)
    if won:
        check(whole(payment_id), now)


def sweep() -> int:
    """Look at what is due, one after another, for JOB_SWEEP_SECONDS; returns how many."""
    deadline = time.monotonic() + settings.JOB_SWEEP_SECONDS
    seen = 0
    while time.monotonic() < deadline:
        now = timezone.now()
        payment_id = claim_next(now)
        if payment_id is None:
            break
        check(whole(payment_id), now)
        seen += 1
    return seen


def claim(payment_id: int, now: datetime) -> bool:
    """Take a payment that is due for as long as a lease; one UPDATE counts the check."""
    due = CardPayment.objects.due(now).filter(pk=payment_id)
    return bool(
        due.update(
            checks=F("checks") + 1,
            next_check_at=now + lease(),
            sent_at=Coalesce("sent_at", now),
        )
    )


def claim_next(now: datetime) -> int | None:
    """Take the payment that has been due longest, passing over those that others are taking."""
    with transaction.atomic(durable=True):
        waiting = CardPayment.objects.due(now).select_for_update(skip_locked=True, no_key=True)
        keys = waiting.order_by("next_check_at", "pk").values_list("pk", flat=True)
        payment_id = keys.first()
        return payment_id if payment_id is not None and claim(payment_id, now) else None
