"""How amounts, days, moments and activation codes are written, on pages and in mails alike.

Everything follows the active language and the active time zone (the reseller's).
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache, wraps
from math import ceil
from typing import ParamSpec, TypeVar

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.timesince import timesince
from django.utils.translation import get_language, gettext as _, ngettext

from reseller_portal.money import to_cents

UNBROKEN = "\N{NO-BREAK SPACE}"
REMEMBERED = 20_000

P = ParamSpec("P")
T = TypeVar("T", bound=str)


def remembered(write: Callable[P, T], *, most: int = REMEMBERED) -> Callable[P, T]:
    """Remember what the decorated function wrote, for each language, zone and arguments.

    It depends on nothing else. A list writes the same few figures, states and moments over and
    over, on every page that somebody turns to and back. At `most` so many are kept.
    """

    @lru_cache(maxsize=most)
    def written(_where: tuple[str | None, str], *args: P.args, **kwargs: P.kwargs) -> T:
        return write(*args, **kwargs)

    @wraps(write)
    def recall(*args: P.args, **kwargs: P.kwargs) -> T:
        where = (get_language(), timezone.get_current_timezone_name())
        return written(where, *args, **kwargs)  # type: ignore[arg-type]  # they are hashable

    return recall


def money_text(amount: Decimal | int, currency: str) -> str:
    """Return an amount as a person reads it: `EUR 1,284.50`, kept on one line."""
    return f"{currency}{UNBROKEN}{amount_text(amount)}"


@remembered
def amount_text(amount: Decimal | int) -> str:
    """Return the figures of an amount: two places, thousands grouped."""
    return number_format(to_cents(amount), decimal_pos=2)


@remembered
def day_text(day: date) -> str:
    """Return a day as `24 Nov 2026`; of a moment, the day it is in the active zone."""
    return date_format(_local(day), _("j M Y"))


def moment_text(moment: datetime) -> str:
    """Return a moment as `24 Nov 2026, 14:10 CET`, in the active zone, which it names."""
    local = _local(moment)
    # Django names no zone in the hour that comes twice, where it is needed most.
    zone = local.tzname() if isinstance(local, datetime) else None
    return f"{date_format(local, _('j M Y, H:i'))} {zone or ''}".rstrip()


def relative_text(moment: datetime, now: datetime) -> str:
    """Return how far away a moment is: `3 hours ago`, `in 2 days`."""
    if moment > now:
        return _("in %(span)s") % {"span": timesince(now, moment, depth=1)}
    return _("%(span)s ago") % {"span": timesince(moment, now, depth=1)}


def wait_in_words(wait: timedelta) -> str:
    """Return how long to wait, rounded up: to a minute, from two hours on to an hour."""
    minutes = max(ceil(wait.total_seconds() / 60), 1)
    if minutes < 120:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = ceil(minutes / 60)
    return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}


def _local(value: date) -> date:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value
