"""Periods never drift: counted from the anchor, and alike in Python and SQL."""

from datetime import date, timedelta

import pytest
from django.db import connection
from hypothesis import given, strategies as st

from licenses.calendar import months_after, period_days


@pytest.mark.parametrize(
    ("anchor", "term", "number", "starts_on", "ends_on"),
    [
        (date(2026, 1, 31), 1, 0, date(2026, 1, 31), date(2026, 2, 27)),
        (date(2026, 1, 31), 1, 1, date(2026, 2, 28), date(2026, 3, 30)),
        (date(2026, 1, 31), 1, 2, date(2026, 3, 31), date(2026, 4, 29)),
        (date(2024, 2, 29), 12, 0, date(2024, 2, 29), date(2025, 2, 27)),
        (date(2024, 2, 29), 12, 4, date(2028, 2, 29), date(2029, 2, 27)),
        (date(2026, 12, 31), 2, 1, date(2027, 2, 28), date(2027, 4, 29)),
    ],
)
def test_a_period_is_counted_from_the_anchor(
    anchor: date, term: int, number: int, starts_on: date, ends_on: date
) -> None:
    assert period_days(anchor, term, number) == (starts_on, ends_on)


@given(
    anchor=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    term=st.integers(1, 120),
    number=st.integers(0, 20),
)
def test_periods_leave_no_gap_and_never_overlap(anchor: date, term: int, number: int) -> None:
    _, ends_on = period_days(anchor, term, number)
    starts_on, _ = period_days(anchor, term, number + 1)
    assert starts_on == ends_on + timedelta(days=1)


@pytest.mark.django_db
def test_postgresql_adds_months_as_we_do() -> None:
    days = [date(2023, 12, 1) + timedelta(days=n) for n in range(1500)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT day, months, (day + make_interval(months => months))::date"
            " FROM unnest(%s::date[]) AS day, unnest(%s) AS months",
            [days, [1, 2, 3, 11, 12, 13, 36]],
        )
        rows = cursor.fetchall()
    assert len(rows) == 1500 * 7
    assert [row for row in rows if months_after(row[0], row[1]) != row[2]] == []
