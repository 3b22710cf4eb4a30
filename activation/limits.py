"""How many links are mailed: by a company within an hour, and to one address.

Both are counted in the outbox; the actions that send hold the company's lock meanwhile.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models.functions import Lower
from django.utils.formats import number_format
from django.utils.translation import gettext as _, ngettext

from licenses.links import KIND
from mailing.models import Mail
from mailing.querysets import MailQuerySet
from reseller_portal.display import wait_in_words
from resellers.models import Reseller

HOUR = timedelta(hours=1)
MOST_AN_HOUR = 500


@dataclass(frozen=True)
class Most:
    """How many links one address gets from a company within so many hours."""

    count: int
    hours: int

    @property
    def span(self) -> timedelta:
        """Return how far back is counted."""
        return timedelta(hours=self.hours)


TO_ONE = (Most(20, 1), Most(60, 24))


def why_too_many(reseller: Reseller, more: int, now: datetime) -> str | None:
    """Say why a company cannot send that many links (yet), within its limit for an hour."""
    values = {"most": number_format(MOST_AN_HOUR)}
    if more > MOST_AN_HOUR:
        return _("A company sends at most %(most)s links an hour. Send fewer at once.") % values
    times = list(_sent_since(reseller, now - HOUR).values_list("queued_at", flat=True))
    excess = len(times) + more - MOST_AN_HOUR
    if excess <= 0:
        return None
    wait = wait_in_words(times[excess - 1] + HOUR - now)
    said = _(
        "A company sends at most %(most)s links an hour, and yours sent %(count)s in the last one. "
        "It can send these in %(wait)s."
    )
    return said % {**values, "count": number_format(len(times)), "wait": wait}


def why_too_many_to_one(reseller: Reseller, to: Iterable[str], now: datetime) -> str | None:
    """Say why one of these addresses would get too many links, each as often as it is named."""
    more = Counter(address.lower() for address in to)
    got = _got(reseller, more, now)
    for address, count in more.items():
        for most in TO_ONE:
            recent = [at for at in got.get(address, []) if at > now - most.span]
            if len(recent) + count > most.count:
                return f"{_too_many(address, count, recent, most, now)} {_otherwise()}"
    return None


def _got(reseller: Reseller, to: Iterable[str], now: datetime) -> dict[str, list[datetime]]:
    longest = max(most.span for most in TO_ONE)
    mails = _sent_since(reseller, now - longest).annotate(address=Lower("to"))
    got: dict[str, list[datetime]] = {}
    for address, at in mails.filter(address__in=list(to)).values_list("address", "queued_at"):
        got.setdefault(address, []).append(at)
    return got


def _too_many(
    address: str, count: int, recent: Sequence[datetime], most: Most, now: datetime
) -> str:
    values = {"to": address, "most": most.count, "hours": most.hours}
    if count > most.count:
        said = ngettext(
            "%(to)s stands in the list %(count)s times; at most %(most)s links go to one address "
            "within %(hours)s hour. Send fewer at once.",
            "%(to)s stands in the list %(count)s times; at most %(most)s links go to one address "
            "within %(hours)s hours. Send fewer at once.",
            most.hours,
        )
        return said % {**values, "count": number_format(count)}
    said = ngettext(
        "At most %(most)s links go to one address within %(hours)s hour, and %(count)s went to "
        "%(to)s. It can be sent in %(wait)s.",
        "At most %(most)s links go to one address within %(hours)s hours, and %(count)s went to "
        "%(to)s. It can be sent in %(wait)s.",
        most.hours,
    )
    excess = len(recent) + count - most.count
    wait = wait_in_words(recent[excess - 1] + most.span - now)
    return said % {**values, "count": number_format(len(recent)), "wait": wait}


def _otherwise() -> str:
    return _(
        "For many licenses of one customer, open the order's Download Activation Code and mail its "
        "file with all links yourself."
    )


def _sent_since(reseller: Reseller, moment: datetime) -> MailQuerySet:
    mails = Mail.objects.for_reseller(reseller).of_kind(KIND).filter(queued_at__gt=moment)
    return mails.order_by("queued_at")
