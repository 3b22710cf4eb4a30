"""The balance over time, as points and as paths."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from billing.chart import MOST, Chart, Point, balance_chart, days_between
from billing.models import Account, EntryKind
from resellers.models import Reseller
from tests.factories import make_entry

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 3, 10)


@pytest.fixture
def march(acme: Reseller) -> Reseller:
    """Acme opened on 1 March; 100 came in at midnight of the 3rd, 30 went in the last minute."""
    acme.created_at = datetime(2026, 3, 1, 9, tzinfo=BERLIN)
    make_entry(acme, "100.00", at=datetime(2026, 3, 3, tzinfo=BERLIN))
    spent = datetime(2026, 3, 4, 23, 59, tzinfo=BERLIN)
    make_entry(acme, "-30.00", EntryKind.PURCHASE, at=spent)
    return acme


def balances(chart: Chart) -> list[int]:
    return [int(point.balance) for point in chart.points]


def test_each_point_is_the_balance_at_the_end_of_the_day(march: Reseller) -> None:
    chart = balance_chart(march, date(2026, 3, 1), date(2026, 3, 6), TODAY)
    assert balances(chart) == [0, 0, 100, 70, 70, 70]


def test_without_bounds_it_runs_from_the_first_day_to_today(march: Reseller) -> None:
    chart = balance_chart(march, None, None, TODAY)
    assert (chart.points[0].day, chart.points[-1].day) == (date(2026, 3, 1), TODAY)
    assert balance_chart(march, None, None, date(2030, 1, 1)).points[0].day > date(2028, 12, 31)


def test_days_to_come_are_not_drawn(march: Reseller) -> None:
    chart = balance_chart(march, date(2026, 3, 9), date(2199, 12, 31), TODAY)
    assert [point.day.day for point in chart.points] == [9, 10]
    assert len(balance_chart(march, date(2199, 1, 1), None, TODAY).points) == 1


@pytest.mark.parametrize("days", [0, 1, 29, 30, 31, 61, 62, 365, 5000])
def test_there_are_few_points_evenly_apart_up_to_the_last_day(days: int) -> None:
    found = list(days_between(TODAY - timedelta(days=days), TODAY))
    gaps = {later - earlier for earlier, later in pairwise(found)}
    assert found[-1] == TODAY
    assert found[0] >= TODAY - timedelta(days=days)
    assert len(found) <= MOST
    assert len(gaps) <= 1
    assert len(found) > min(days, MOST // 2)


def test_the_line_steps_and_the_scale_holds_zero() -> None:
    chart = Chart([Point(TODAY, Decimal(0)), Point(TODAY, Decimal(100))])
    assert (chart.highest, chart.lowest, chart.zero) == (Decimal(100), Decimal(0), 154)
    assert chart.line == "M0 154H300V6H600"
    assert chart.area == "M0 154H300V6H600V154H0Z"


def test_a_balance_below_zero_runs_under_the_line_of_zero(march: Reseller) -> None:
    Account.objects.filter(reseller=march).update(credit_limit=100)
    make_entry(march, "-170.00", EntryKind.PURCHASE, at=datetime(2026, 3, 8, tzinfo=BERLIN))
    chart = balance_chart(march, date(2026, 3, 3), TODAY, TODAY)
    assert (chart.lowest, chart.highest, chart.zero) == (Decimal(-100), Decimal(100), 80)


def test_nothing_at_all_is_a_line_at_the_bottom(acme: Reseller) -> None:
    chart = balance_chart(acme, TODAY, TODAY, TODAY)
    assert chart.line == "M0 154H600"
