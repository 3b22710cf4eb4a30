"""The days of a period: computed here and nowhere else."""

from calendar import monthrange
from datetime import date, timedelta


def months_after(anchor: date, months: int) -> date:
    """Return the day `months` after the anchor; the last of the month where that day is missing.

    Equal to PostgreSQL's `anchor + make_interval(months => months)`.
    """
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))


def period_days(anchor: date, term_months: int, number: int) -> tuple[date, date]:
    """Return From and To of period `number` (0 begins on the anchor), both inclusive.

    Always counted from the anchor, so that the day of the month never drifts: monthly from
    31 January gives 28 February, then 31 March.
    """
    starts_on = months_after(anchor, number * term_months)
    return starts_on, months_after(anchor, (number + 1) * term_months) - timedelta(days=1)
