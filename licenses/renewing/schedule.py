"""When a renewal is tried, in days of the reseller's calendar."""

from datetime import date, timedelta

FIRST_ATTEMPT = timedelta(days=7)
OFFERED = timedelta(days=15)
DAILY = timedelta(days=1)


def first_attempt_on(ends_on: date) -> date:
    """Return the day of the first try: 7 days before To."""
    return ends_on - FIRST_ATTEMPT


def offered_from(ends_on: date) -> date:
    """Return the first day on which a person may renew by hand: 15 days before To."""
    return ends_on - OFFERED


def next_attempt_on(tried_on: date, grace_ends_on: date) -> date | None:
    """Return the day of the try after one that failed; None once grace is over."""
    following = tried_on + DAILY
    return following if following <= grace_ends_on else None
