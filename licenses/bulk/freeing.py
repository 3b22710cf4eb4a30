"""Ending what waits for a person to confirm it, so that something else may pay instead.

Only where that is about to happen: the person, the account and each license are judged before.
"""

import time
from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from licenses.bulk.batches import why_never
from licenses.bulk.foreseeing import foresee
from licenses.bulk.paying import why_no_card
from licenses.bulk.previews import Line
from licenses.models import BulkChange, BulkItem, BulkVerb, Source
from licenses.renewing import cards
from reseller_portal.refusals import Refusal
from resellers.models import User

SECONDS = 20  # for a batch: what a slow gateway has not ended by then comes back as a result


def free(change: BulkChange, items: Sequence[BulkItem]) -> None:
    """End, at the gateway, what waits for a person for these items; no transaction is open."""
    until = time.monotonic() + SECONDS
    waiting = list(cards.waiting_for_person(*(item.license for item in items)))
    if not waiting:
        return
    now = timezone.now()
    wanted = {str(item.license.uuid) for item in _about_to_be_paid(change, items, now)}
    for payment in waiting:
        if payment.about in wanted and time.monotonic() < until:
            change.renew_lease(timezone.now())
            cards.end_all([payment])


def _about_to_be_paid(
    change: BulkChange, items: Sequence[BulkItem], now: datetime
) -> list[BulkItem]:
    actor, keys = User.objects.get(pk=change.by_id), [item.license_id for item in items]
    if why_never(actor):
        return []
    try:
        seen = foresee(BulkVerb.RENEW, keys, actor=actor, now=now)
    except Refusal:
        return []
    lines = {line.license.pk: line for line in seen.waiting}
    may_charge = why_no_card(change, actor, now) is None
    return [item for item in items if _is_paid(item, lines.get(item.license_id), may_charge)]


def _is_paid(item: BulkItem, line: Line | None, may_charge: bool) -> bool:
    if line is None or (line.number, line.amount) != (item.number, item.amount):
        return False
    if item.confirmed_source == Source.CARD:
        return may_charge
    return item.confirmed_source == line.source == Source.BALANCE
