"""Asking for a bulk change, and asking again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _, ngettext

from licenses.bulk.previews import Line, Preview
from licenses.models import BulkChange, BulkItem, ListName
from licenses.tasks import change_many
from reseller_portal.refusals import Refusal
from reseller_portal.wake import wake
from resellers.models import User
from resellers.roles import Right
from resellers.steps import lock_company_for, record


@transaction.atomic(durable=True)
def start(
    preview: Preview,
    *,
    chosen_from: ListName,
    is_all: bool,
    key: UUID,
    actor: User,
    now: datetime,
) -> BulkChange:
    """Queue what a person has seen and confirmed; a key that was used gives the job that it made.

    Raises Refusal while too many bulk changes of the company are under way, and for a person who
    may not do it any more.
    """
    reseller = lock_company_for(actor, Right.OPERATE)
    before = BulkChange.objects.for_reseller(reseller).filter(by=actor, key=key).first()
    if before is not None:
        return before
    _refuse_too_many(BulkChange.objects.for_reseller(reseller).unfinished().count())
    facts = {"chosen_from": chosen_from, "is_all": is_all, "key": key}
    change = _fix(preview, reseller=reseller, by=actor, asked_at=now, **facts)
    record(
        "bulkchange.started",
        str(change.uuid),
        reseller=reseller,
        actor=actor,
        what=change.verb,
        licenses=preview.count,
        amount=str(change.amount),
    )
    wake(change_many, change.pk)
    return change


def _fix(preview: Preview, **facts: Any) -> BulkChange:
    """Write down what was confirmed: nothing that happens later adds a license, or an amount."""
    change = BulkChange.objects.create(
        verb=preview.verb,
        amount=preview.amount,
        card=preview.paying_card,
        total=len(preview.lines),
        done=len(preview.lines) - preview.count,
        next_attempt_at=facts["asked_at"],
        **facts,
    )
    items = (_item(change, place, line) for place, line in enumerate(preview.lines))
    BulkItem.objects.bulk_create(items, batch_size=1000)
    return change


def _item(change: BulkChange, place: int, line: Line) -> BulkItem:
    return BulkItem(
        reseller=change.reseller,
        change=change,
        license=line.license,
        place=place,
        number=line.number,
        amount=line.amount,
        confirmed_source=line.source,
        outcome=line.outcome,
        reason=line.reason,
    )


def _refuse_too_many(unfinished: int) -> None:
    most: int = settings.BULK_CHANGES_AT_ONCE
    if unfinished >= most:
        said = ngettext(
            "%(count)d bulk change of your company is under way. Wait until it is done.",
            "%(count)d bulk changes of your company are under way. Wait until one is done.",
            unfinished,
        )
        raise Refusal(said % {"count": unfinished})


@transaction.atomic(durable=True)
def retry(change_id: int, *, actor: User, now: datetime) -> BulkChange:
    """Let a bulk change that was given up go on where it stopped. Raises Refusal for another."""
    change = BulkChange.objects.select_for_update(no_key=True).get(pk=change_id)
    if not change.requeue(now):
        raise Refusal(_("Only a failed or stuck bulk change can be tried again."))
    record("bulkchange.retried", str(change.uuid), reseller=change.reseller, actor=actor)
    wake(change_many, change.pk)
    return change
