"""Ending what waits for a person to confirm it, so that something else may pay instead."""

import time
from collections.abc import Iterable, Sequence

from django.utils import timezone

from billing.models import PaymentState
from licenses.models import BulkChange, BulkItem
from licenses.renewing import cards

SECONDS = 20  # for a batch: what a slow gateway has not ended by then comes back as a result


def free(change: BulkChange, items: Sequence[BulkItem]) -> None:
    """End, at the gateway, what waits for a person for these items; no transaction is open."""
    until = time.monotonic() + SECONDS
    by_uuid: Iterable[str] = [str(item.license.uuid) for item in items]
    payments = cards.open_payments(change.reseller).filter(about__in=by_uuid)
    for payment in payments.filter(state=PaymentState.CONFIRMING):
        if time.monotonic() > until:
            break
        change.renew_lease(timezone.now())
        cards.end_all([payment])
