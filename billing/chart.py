"""The balance over time: a step line as SVG, and the same figures as a table.

Not more than MOST points, each the balance at the end of a day: one index look-up a point, whatever
the length of the ledger.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection

from billing.models import ZERO
from resellers.models import Reseller

MOST = 31
A_YEAR = timedelta(days=365)
WIDTH, HEIGHT, ROOM = 600, 160, 6

CLOSING = """
SELECT coalesce((
    SELECT balance_after
    FROM billing_balanceentry
    WHERE reseller_id = %s AND at < over_at
    ORDER BY at DESC, sequence DESC
    LIMIT 1
), 0)
FROM unnest(%s::timestamptz[]) WITH ORDINALITY AS day (over_at, place)
ORDER BY place
"""


@dataclass(frozen=True)
class Point:
    """The balance at the end of a day."""

    day: date
    balance: Decimal


@dataclass(frozen=True)
class Chart:
    """The points, oldest first, and how they are drawn in WIDTH × HEIGHT units.

    `zero` is where the line of zero runs, if it is within the drawing.
    """

    points: list[Point]

    @property
    def highest(self) -> Decimal:
        """Return the upper end of the scale."""
        return max(ZERO, *(point.balance for point in self.points))

    @property
    def lowest(self) -> Decimal:
        """Return the lower end of the scale: zero, unless the balance was below."""
        return min(ZERO, *(point.balance for point in self.points))

    @property
    def line(self) -> str:
        """Return the path of the line: each balance holds until the next point."""
        first, *others = self._places()
        steps = (f"H{x}V{y}" for x, y in others)
        return f"M{first[0]} {first[1]}{''.join(steps)}H{WIDTH}"

    @property
    def area(self) -> str:
        """Return the path of the surface between the line and zero."""
        return f"{self.line}V{self.zero}H0Z"

    @property
    def zero(self) -> int:
        """Return the height of zero."""
        return self._height(ZERO)

    def newest_first(self) -> list[Point]:
        """Return the points as the table lists them."""
        return self.points[::-1]

    def _places(self) -> list[tuple[int, int]]:
        count = len(self.points)
        return [
            (place * WIDTH // count, self._height(point.balance))
            for place, point in enumerate(self.points)
        ]

    def _height(self, balance: Decimal) -> int:
        span = self.highest - self.lowest
        part = (self.highest - balance) / span if span else Decimal(1)
        return ROOM + round(part * (HEIGHT - 2 * ROOM))


def balance_chart(reseller: Reseller, first: date | None, last: date | None, today: date) -> Chart:
    """Return the chart of the days `first` to `last`; without bounds, of the year that ends today.

    Nothing is drawn for days to come, nor for those before the company's first.
    """
    last = min(last or today, today)
    opened = reseller.day_of(reseller.created_at)
    first = min(max(first or last - A_YEAR, opened), last)
    days = list(days_between(first, last))
    return Chart(
        [Point(day, balance) for day, balance in zip(days, closing(reseller, days), strict=True)]
    )


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield at most MOST days, evenly apart, of which the last one is `last`."""
    apart = (last - first).days // MOST + 1
    count = (last - first).days // apart
    for back in range(count, -1, -1):
        yield last - timedelta(days=back * apart)


def closing(reseller: Reseller, days: list[date]) -> list[Decimal]:
    """Return the balances at the end of the reseller's days; zero before the first entry."""
    ends = [reseller.day_ends(day) for day in days]
    with connection.cursor() as cursor:
        cursor.execute(CLOSING, [reseller.pk, ends])
        return [row[0] for row in cursor.fetchall()]
