"""Queueing the gathered mails: one for each reseller, kind and day, to each person who is told."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from licenses.models import License, Notice, NoticeKind, NoticeRound
from licenses.renewing.schedule import FIRST_ATTEMPT
from licenses.upcoming.charges import forecast_of
from licenses.upcoming.due import LONGEST_GRACE
from mailing.company import tell_company
from resellers.models import Reseller

MAILS = {
    NoticeKind.AHEAD: "renewals_ahead",
    NoticeKind.PAID: "renewals_paid",
    NoticeKind.FAILED: "renewals_failed",
    NoticeKind.ENDS_15: "licenses_ending",
    NoticeKind.ENDS_7: "licenses_ending",
    NoticeKind.ENDS_1: "licenses_ending",
    NoticeKind.ENDED: "licenses_ended",
}
NOT_COVERED = "renewals_not_covered"
HORIZON = 30  # days


def tell(reseller: Reseller, kinds: Iterable[str], today: date, now: datetime) -> None:
    """Queue the day's mail of each kind, with all that is untold; a kind's second goes tomorrow.

    The reseller's round is locked.
    """
    mine = Notice.objects.for_reseller(reseller)
    waiting = mine.untold().kinds() & set(kinds)
    for kind in sorted(waiting - mine.filter(told_on=today).kinds() if waiting else ()):
        mine.untold().filter(kind=kind).update(told_on=today)
        _queue(MAILS[NoticeKind(kind)], reseller, today, now, kind=kind)


def tell_of_cover(of: NoticeRound, today: date, now: datetime) -> None:
    """Tell once when the renewals of the next 30 days exceed what can be spent, until they do not.

    The reseller's round is locked.
    """
    reseller = of.reseller
    ahead = forecast_of(reseller, today, HORIZON) if _any_renews(reseller, today) else None
    exceed = ahead is not None and bool(ahead.missing)
    if ahead and exceed and of.not_covered_since is None:
        _queue(
            NOT_COVERED, reseller, today, now, cost=str(ahead.amount), missing=str(ahead.missing)
        )
    if exceed != (of.not_covered_since is not None):
        of.not_covered_since = today if exceed else None
        of.save(update_fields=["not_covered_since"])


def _any_renews(reseller: Reseller, today: date) -> bool:
    # one probe of an index, where a forecast costs more than all else of a round
    last = today + timedelta(days=HORIZON) + FIRST_ATTEMPT
    renewing = License.objects.for_reseller(reseller).renewing()
    return renewing.filter(ends_on__range=(today - LONGEST_GRACE, last)).order_by().exists()


def _queue(mail: str, reseller: Reseller, today: date, now: datetime, **params: str) -> None:
    what = params.get("kind", mail)
    tell_company(
        mail,
        reseller,
        key=f"notices/{reseller.pk}/{what}/{today}",
        about=f"notices:{what}:{today}",
        now=now,
        params={"day": today.isoformat(), **params},
    )
