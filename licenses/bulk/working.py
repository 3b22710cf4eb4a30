"""Doing a bulk change: batch after batch, and after each what its cards have to pay."""

import time
from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from licenses.bulk.batches import SETTLED, do_batch, waiting
from licenses.models import BulkChange, BulkItem, BulkOutcome, BulkVerb, RenewalState
from licenses.renewing import cards
from licenses.renewing.manual import finish
from licenses.renewing.telling import reasons
from reseller_portal import running
from reseller_portal.refusals import Refusal
from reseller_portal.running import UnfinishedError


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

    Raises UnfinishedError once it has had its turn, and LeaseLostError.
    """
    until = time.monotonic() + settings.BULK_TURN_SECONDS
    collect(change, _being_paid(change))
    while items := waiting(change):
        if time.monotonic() > until:
            raise UnfinishedError
        if change.verb == BulkVerb.RENEW:
            free(change, items)
        do_batch(change, items, now=timezone.now())
        collect(change, [item for item in items if item.outcome == BulkOutcome.CHECKING])
    return {"finished_at": timezone.now()}


def free(change: BulkChange, items: Iterable[BulkItem]) -> None:
    """End, at the gateway, what waits for a person to confirm it: something else may pay now."""
    by_uuid = {str(item.license.uuid): item.license for item in items}
    for payment in cards.open_payments(change.reseller).filter(about__in=by_uuid):
        change.renew_lease(timezone.now())
        cards.free_license(by_uuid[payment.about])


def collect(change: BulkChange, items: Iterable[BulkItem]) -> None:
    """Let the card pay what was left to it, one license after the other."""
    for item in items:
        change.renew_lease(timezone.now())
        _collect_one(item)
        item.save(update_fields=SETTLED)


def _collect_one(item: BulkItem) -> None:
    if item.renewal is None:
        return
    try:
        finish(item.renewal)
    except Refusal as refusal:
        item.outcome, item.reason = BulkOutcome.REFUSED, str(refusal)
        return
    match item.renewal.state:
        case RenewalState.PAID:
            item.outcome, item.reason = BulkOutcome.DONE, ""
        case RenewalState.CHECKING:
            item.reason = reasons()["unknown"]
        case _:
            item.outcome = BulkOutcome.CONFIRMING
            item.reason = _("The card company wants you to confirm this payment.")


def _being_paid(change: BulkChange) -> list[BulkItem]:
    """Return what an earlier worker, or an earlier turn, left to the card."""
    items = BulkItem.objects.for_reseller(change.reseller).filter(change=change)
    being_paid = items.filter(outcome=BulkOutcome.CHECKING).select_related("renewal__license")
    return list(being_paid.order_by("place"))
