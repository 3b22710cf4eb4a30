"""Doing a bulk change: batch after batch. What is left to the card, workers charge beside it."""

import time

from django.conf import settings
from django.utils import timezone

from billing.tasks import sweep as charge_cards
from licenses.bulk.batches import do_batch, waiting
from licenses.bulk.freeing import free
from licenses.models import BulkChange, BulkOutcome, BulkVerb
from reseller_portal import running
from reseller_portal.running import UnfinishedError
from reseller_portal.wake import wake


def work(change_id: int) -> bool:
    """Do one bulk change, if it is due and nobody else has it; say whether more of it is left."""
    running.run_one(
        BulkChange.objects.select_related("by", "reseller", "card"), change_id, carry_on
    )
    return BulkChange.objects.due(timezone.now()).filter(pk=change_id).exists()


def sweep() -> int:
    """Do what is due, whatever became of its message; returns how many were begun."""
    return running.sweep(BulkChange.objects.select_related("by", "reseller", "card"), carry_on)


def carry_on(change: BulkChange) -> dict[str, object]:
    """Do what is left of a bulk change, and return what is to be known of its end.

    It ends once each license is paid, refused, or left to the card: no gateway holds it up. Raises
    UnfinishedError once it has had its turn, and LeaseLostError.
    """
    until = time.monotonic() + settings.BULK_TURN_SECONDS
    while items := waiting(change):
        if time.monotonic() > until:
            raise UnfinishedError
        if change.verb == BulkVerb.RENEW:
            free(change, items)
        do_batch(change, items, now=timezone.now())
        if any(item.outcome == BulkOutcome.CHECKING for item in items):
            wake(charge_cards)
    return {"finished_at": timezone.now()}
