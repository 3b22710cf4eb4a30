"""The activation day is the reseller's calendar day, wherever the server's clock is."""

from datetime import UTC, date, datetime

import pytest

from activation.actions import activate_by_link
from activation.steps import CustomerDetails
from licenses.models import License, Period
from tests.factories import ResellerFactory, make_order

DETAILS = CustomerDetails(company="Nova", name="Nina", email="nina@nova.example", country="FR")

pytestmark = pytest.mark.django_db


def activated(zone: str, at: datetime, term_months: int = 12) -> License:
    """Return a license activated by its link at a moment, of a reseller in a zone."""
    order = make_order(ResellerFactory.create(time_zone=zone), quantity=1, term_months=term_months)
    code = order.licenses.get().activation_code
    return activate_by_link(code, DETAILS, terms_version="", now=at).license


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Pacific/Pago_Pago", date(2026, 11, 23)),
        ("America/New_York", date(2026, 11, 24)),
        ("UTC", date(2026, 11, 24)),
        ("Europe/Berlin", date(2026, 11, 24)),
        ("Pacific/Kiritimati", date(2026, 11, 25)),
    ],
)
def test_one_moment_is_another_day_in_other_zones(zone: str, day: date) -> None:
    license = activated(zone, datetime(2026, 11, 24, 10, 30, tzinfo=UTC))
    assert license.anchor_on == day
    assert license.ends_on is not None
    assert (license.ends_on.year, license.ends_on.day) == (day.year + 1, day.day - 1)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 3, 28, 22, 59, tzinfo=UTC), date(2026, 3, 28)),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 21, 59, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26)),
    ],
)
def test_days_begin_at_midnight_on_both_nights_of_changing_clocks(at: datetime, day: date) -> None:
    assert activated("Europe/Berlin", at).anchor_on == day


@pytest.mark.parametrize(
    ("day", "term", "last"),
    [
        (datetime(2026, 1, 31, 12, tzinfo=UTC), 1, date(2026, 2, 27)),
        (datetime(2028, 2, 29, 12, tzinfo=UTC), 12, date(2029, 2, 27)),
        (datetime(2026, 12, 31, 12, tzinfo=UTC), 2, date(2027, 2, 27)),
        (datetime(2026, 11, 24, 12, tzinfo=UTC), 36, date(2029, 11, 23)),
    ],
)
def test_the_first_period_ends_the_day_before_the_next_would_begin(
    day: datetime, term: int, last: date
) -> None:
    license = activated("UTC", day, term)
    period = Period.objects.get(license=license)
    assert (period.number, period.starts_on, period.ends_on) == (0, day.date(), last)
    assert (license.anchor_on, license.ends_on) == (period.starts_on, period.ends_on)
