"""The round of a reseller's day: in its morning, once, gather what is to be told, and tell it.

A failed renewal does not wait for the next morning, if none was told that day. A mail never leaves
before the day's renewals were tried, unless they cannot be tried by noon.
"""

from collections.abc import Iterator
from datetime import date, datetime

import structlog
from django.db import DatabaseError, transaction

from licenses.models import License, Notice, NoticeKind, NoticeRound
from licenses.notices.cards import tell_of_card
from licenses.notices.gathering import gather
from licenses.notices.telling import tell, tell_of_cover
from resellers.models import Reseller

log = structlog.get_logger(__name__)

MORNING, NOON = 6, 12
AT_ONCE = (NoticeKind.FAILED,)


def notify(now: datetime, as_of: date | None = None) -> int:
    """Hold the rounds that are waiting, one transaction each; returns how many were held.

    `as_of` stands for today in each reseller's own calendar, at whatever hour. Two calls at once
    share the resellers, and a second call tells nothing twice.
    """
    _begin_rounds()
    held = 0
    for reseller, today in waiting(now, as_of):
        try:
            held += hold(reseller, today, now)
        except DatabaseError:
            log.exception("notices_not_told", reseller=reseller)
    return held


def waiting(now: datetime, as_of: date | None) -> Iterator[tuple[int, date]]:
    """Yield the resellers whose round of the day is due, or that have a failure to be told."""
    urgent = Notice.objects.untold().filter(kind__in=AT_ONCE)
    hurried = set(urgent.order_by().values_list("reseller_id", flat=True).distinct())
    for each in NoticeRound.objects.select_related("reseller__account").order_by("pk"):
        today = as_of or each.reseller.day_of(now)
        to_do = each.held_on != today or each.pk in hurried
        if to_do and (as_of or is_time(each.reseller, today, now)):
            yield each.pk, today


def is_time(reseller: Reseller, today: date, now: datetime) -> bool:
    """Say whether a reseller's morning has begun, and nothing is left to be renewed that day."""
    hour = now.astimezone(reseller.zone).hour
    if hour < MORNING:
        return False
    if hour >= NOON or reseller.account.is_parked:
        return True
    return not License.objects.for_reseller(reseller).due(today).exists()


@transaction.atomic(durable=True)
def hold(reseller_id: int, today: date, now: datetime) -> bool:
    """Gather and tell what a reseller is to be told on a day; False while another one does.

    A parked account is warned of nothing that it cannot act on; what was paid or failed is told.
    """
    rounds = NoticeRound.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    ours = rounds.select_related("reseller__account").filter(pk=reseller_id).first()
    if ours is None:
        return False
    reseller = ours.reseller
    if ours.held_on == today:
        tell(reseller, AT_ONCE, today, now)
        return True
    if not reseller.account.is_parked:
        gather(reseller, today, now)
        tell_of_cover(ours, today, now)
        tell_of_card(reseller, today, now)
    tell(reseller, NoticeKind.values, today, now)
    ours.held_on = today
    ours.save(update_fields=["held_on"])
    return True


def _begin_rounds() -> None:
    new = Reseller.objects.filter(notice_round=None, account__isnull=False)
    NoticeRound.objects.bulk_create(
        [NoticeRound(reseller=reseller) for reseller in new], ignore_conflicts=True
    )
