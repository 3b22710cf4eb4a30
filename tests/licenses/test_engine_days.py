"""Renewal days: counted from the anchor, in the reseller's calendar, by SQL as by Python."""

from datetime import UTC, date, datetime, timedelta

import pytest

from billing.models import BalanceEntry, EntryKind
from licenses.calendar import period_days
from licenses.models import License
from licenses.renewing.due import resellers_due
from resellers.models import Reseller
from tests.factories import ResellerFactory, make_entry
from tests.licenses.renewals import broken, make_anchored, make_due, period_days_of, renew

DAY = timedelta(days=1)
ANCHORS = [
    date(2026, 1, 31),
    date(2024, 2, 29),
    date(2026, 8, 30),
    date(2026, 12, 31),
    date(2026, 3, 29),  # clocks go forward in Berlin
    date(2026, 10, 25),  # and back
]


@pytest.fixture
def rich(acme: Reseller) -> Reseller:
    """Acme, with enough."""
    make_entry(acme, "100000.00")
    return acme


@pytest.mark.parametrize("term", [1, 3, 12])
@pytest.mark.parametrize("anchor", ANCHORS, ids=str)
def test_the_engine_counts_days_as_the_calendar_does(
    rich: Reseller, anchor: date, term: int
) -> None:
    license = make_anchored(rich, anchor, term=term)
    renew(rich, anchor + timedelta(days=term * 31 * 14))
    days = period_days_of(license)
    assert len(days) > 13
    assert days == [period_days(anchor, term, number) for number in range(len(days))]
    assert broken() == []


def test_day_by_day_it_is_the_same_as_at_once(rich: Reseller) -> None:
    daily, at_once = (make_anchored(rich, date(2026, 1, 31)) for _ in range(2))
    License.objects.filter(pk=at_once.pk).update(recurrent=False)
    for day in range(120):
        renew(rich, date(2026, 1, 31) + day * DAY)
    License.objects.filter(pk=at_once.pk).update(recurrent=True)
    renew(rich, date(2026, 1, 31) + 119 * DAY)
    assert period_days_of(daily) == period_days_of(at_once)
    assert BalanceEntry.objects.filter(kind=EntryKind.RENEWAL).count() == 8


def due_names(now: datetime) -> list[str]:
    return [reseller.name for reseller in resellers_due(now)]


@pytest.mark.parametrize(
    ("zone", "day_begins"),
    [
        ("Pacific/Pago_Pago", datetime(2026, 11, 24, 11, tzinfo=UTC)),  # -11
        ("Pacific/Kiritimati", datetime(2026, 11, 23, 10, tzinfo=UTC)),  # +14
        ("Europe/Berlin", datetime(2026, 11, 23, 23, tzinfo=UTC)),
    ],
)
def test_a_day_begins_when_it_begins_for_the_reseller(
    db: None, zone: str, day_begins: datetime
) -> None:
    reseller = ResellerFactory.create(name="There", time_zone=zone)
    make_due(reseller, 7)  # first tried on 24 November
    assert due_names(day_begins - timedelta(seconds=1)) == []
    assert due_names(day_begins) == ["There"]


@pytest.mark.parametrize("night", [date(2026, 3, 29), date(2026, 10, 25)])
def test_nights_of_changing_clocks_have_one_midnight(acme: Reseller, night: date) -> None:
    anchor = night + 8 * DAY - timedelta(days=365)
    license = make_anchored(acme, anchor, term=12)
    assert license.ends_on == night + 7 * DAY
    midnight = acme.day_begins(night)
    assert due_names(midnight - timedelta(seconds=1)) == []
    assert due_names(midnight) == ["Acme"]
