"""A few licenses of a bulk change at a time: judged as they are once they are locked.

Each batch is one transaction. It begins by renewing the lease, which holds the job's row: who has
lost the job to another worker changes nothing, and what a batch did is on its items as it commits.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import Account
from billing.steps import lock_account, why_parked
from licenses.bulk.billing import sort_out
from licenses.bulk.paying import pay, why_no_card
from licenses.models import (
    BulkChange,
    BulkItem,
    BulkOutcome,
    BulkVerb,
    License,
    Renewal,
    RenewalState,
)
from licenses.querysets import LicenseQuerySet
from licenses.steps import set_recurrent
from resellers.models import User
from resellers.roles import Right

RENEWED_AT_ONCE = 10  # the account is locked meanwhile
TURNED_AT_ONCE = 500
SETTLED = ("outcome", "reason", "source", "renewal", "payment")


def waiting(change: BulkChange) -> list[BulkItem]:
    """Return the items of the next batch."""
    items = BulkItem.objects.for_reseller(change.reseller).filter(change=change).waiting()
    size = RENEWED_AT_ONCE if change.verb == BulkVerb.RENEW else TURNED_AT_ONCE
    return list(items.select_related("license").order_by("place")[:size])


@transaction.atomic(durable=True)
def do_batch(change: BulkChange, items: Sequence[BulkItem], *, now: datetime) -> None:
    """Change the licenses of these items, and note what became of each. Raises LeaseLostError.

    If the person who confirmed may not do it any more, all that is left is refused.
    """
    change.renew_lease(now, done=change.done + len(items))
    actor = User.objects.get(pk=change.by_id)
    if change.verb == BulkVerb.RENEW:
        account = lock_account(change.reseller, parked_too=True)
        reason = why_never(actor) or (why_parked() if account.is_parked else None)
        if reason is None:
            _renew(change, items, account, actor=actor, now=now)
    else:
        reason = why_never(actor)
        if reason is None:
            _turn(change, items, actor=actor, now=now)
    if reason:
        _refuse_the_rest(change, reason, now=now)
    else:
        BulkItem.objects.bulk_update(items, SETTLED)


def why_never(actor: User) -> str | None:
    """Say why the person who confirmed a change may not do it any more."""
    if actor.is_active and actor.may(Right.OPERATE):
        return None
    return _("The person who confirmed it may not do this any more.")


def _refuse_the_rest(change: BulkChange, reason: str, *, now: datetime) -> None:
    rest = BulkItem.objects.for_reseller(change.reseller).filter(change=change).waiting()
    rest.update(outcome=BulkOutcome.REFUSED, reason=reason)
    change.renew_lease(now, done=change.total)


def _turn(change: BulkChange, items: Sequence[BulkItem], *, actor: User, now: datetime) -> None:
    recurrent = change.verb == BulkVerb.TURN_ON
    today = change.reseller.day_of(now)
    found = sort_out(_locked(change, items), recurrent, today)
    set_recurrent(found.changed, recurrent, actor=actor, today=today)
    reasons = {license.pk: reason for license, reason in found.refused}
    changed = {license.pk for license in found.changed}
    for item in items:
        item.reason = reasons.get(item.license_id, "")
        if item.reason:
            item.outcome = BulkOutcome.REFUSED
        else:
            is_changed = item.license_id in changed
            item.outcome = BulkOutcome.DONE if is_changed else BulkOutcome.SAME


def _renew(
    change: BulkChange,
    items: Sequence[BulkItem],
    account: Account,
    *,
    actor: User,
    now: datetime,
) -> None:
    licenses = {license.pk: license for license in _locked(change, items)}
    paid, no_card = paid_periods(change, licenses), why_no_card(change, actor, now)
    for item in items:
        if (item.license_id, item.number) in paid:
            item.outcome = BulkOutcome.SAME
        else:
            license = licenses[item.license_id]
            pay(item, license, account, why_no_card=no_card, actor=actor, now=now)


def paid_periods(change: BulkChange, licenses: Iterable[int]) -> set[tuple[int, int]]:
    """Return license and number of what somebody has renewed before; the licenses are locked."""
    renewals = Renewal.objects.for_reseller(change.reseller).filter(license__in=licenses)
    return set(renewals.filter(state=RenewalState.PAID).values_list("license_id", "number"))


def _locked(change: BulkChange, items: Sequence[BulkItem]) -> LicenseQuerySet:
    mine = License.objects.for_reseller(change.reseller)
    locked: LicenseQuerySet = mine.select_for_update(no_key=True, of=("self",)).filter(
        pk__in=[item.license_id for item in items]
    )
    return locked.select_related("product", "reseller", "order").order_by("pk")
