"""Ranges of days that are one click away from a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from reseller_portal.filtering import ListFilter

Days = tuple["_StrOrPromise", date | None, date | None]


@dataclass(frozen=True)
class Preset:
    """A range of days by name; the last one stands for what is typed into the fields."""

    label: "_StrOrPromise"
    url: str
    is_current: bool


def to_today(filters: "ListFilter") -> list[Preset]:
    """Return the usual ranges of days, up to today, for a list as it is filtered."""
    today = filters.today
    yesterday = today - timedelta(days=1)
    ranges = [
        (_("Today"), today, today),
        (_("Yesterday"), yesterday, yesterday),
        (_("7 days"), today - timedelta(days=6), today),
        (_("This month"), today.replace(day=1), today),
    ]
    return presets(filters, ranges)


def presets(filters: "ListFilter", ranges: Sequence[Days]) -> list[Preset]:
    """Return the named ranges for a list as it is filtered by `date_from` and `date_to`."""
    shown = (filters.data.get("date_from", ""), filters.data.get("date_to", ""))
    found = [_preset(filters, days, shown) for days in ranges]
    custom = any(shown) and not any(preset.is_current for preset in found)
    return [*found, Preset(_("Custom"), "#id_date_from", custom)]


def _preset(filters: "ListFilter", days: Days, shown: tuple[str, str]) -> Preset:
    label, *bounds = days
    first, last = (day.isoformat() if day else "" for day in bounds)
    query = filters.query(date_from=first, date_to=last)
    return Preset(label, f"?{query}", shown == (first, last))


def of_a_log(filters: "ListFilter") -> list[Preset]:
    """Return the usual ranges of days of a log, the whole of it among them."""
    today = filters.today
    ranges: list[Days] = [
        (_("Today"), today, today),
        (_("7 days"), today - timedelta(days=6), today),
        (_("30 days"), today - timedelta(days=29), today),
        (_("This month"), today.replace(day=1), today),
        (_("All days"), None, None),
    ]
    return presets(filters, ranges)


def last_seven_days(today: date) -> dict[str, str]:
    """Return the days with which a log begins, as parameters of its address."""
    first = today - timedelta(days=6)
    return {"date_from": first.isoformat(), "date_to": today.isoformat()}
