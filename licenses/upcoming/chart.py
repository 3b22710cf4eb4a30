"""The weeks ahead: what is charged in each, as bars in SVG and as a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from billing.models import ZERO
from licenses.upcoming.forecast import Forecast

WEEK = timedelta(days=7)
WIDTH, HEIGHT = 600, 160
GAP = 0.25


@dataclass(frozen=True)
class Bar:
    """A rectangle of the drawing, in its units."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Week:
    """Seven days, or what is left of them, with their charges."""

    first: date
    last: date
    charges: int
    amount: Decimal
    covered: Decimal
    left: Decimal

    @property
    def not_covered(self) -> Decimal:
        """Return what the balance does not pay of it."""
        return self.amount - self.covered


@dataclass(frozen=True)
class Chart:
    """The weeks from today on, and how they are drawn in WIDTH × HEIGHT units."""

    weeks: list[Week]

    @property
    def highest(self) -> Decimal:
        """Return the upper end of the scale."""
        return max((week.amount for week in self.weeks), default=ZERO)

    @property
    def has_not_covered(self) -> bool:
        """Say whether the balance leaves something unpaid."""
        return any(week.not_covered for week in self.weeks)

    def covered_bars(self) -> list[Bar]:
        """Return what the balance pays, standing on the ground."""
        return [self._bar(at, ZERO, week.covered) for at, week in enumerate(self.weeks)]

    def other_bars(self) -> list[Bar]:
        """Return what it does not pay, standing on what it pays."""
        return [self._bar(at, week.covered, week.not_covered) for at, week in enumerate(self.weeks)]

    def _bar(self, at: int, below: Decimal, amount: Decimal) -> Bar:
        slot = WIDTH / len(self.weeks)
        low, high = self._height(below), self._height(below + amount)
        return Bar(round(slot * (at + GAP / 2)), HEIGHT - high, round(slot * (1 - GAP)), high - low)

    def _height(self, amount: Decimal) -> int:
        return round(amount / self.highest * HEIGHT) if self.highest else 0


def weeks_ahead(forecast: Forecast) -> Chart:
    """Return the chart of a forecast; no query."""
    return Chart([_week(forecast, *days) for days in _weeks(forecast.today, forecast.last)])


def _weeks(first: date, last: date) -> Iterator[tuple[date, date]]:
    while first <= last:
        yield first, min(first + WEEK - timedelta(days=1), last)
        first += WEEK


def _week(forecast: Forecast, first: date, last: date) -> Week:
    spent = forecast.amount_from(forecast.today, last)
    return Week(
        first=first,
        last=last,
        charges=forecast.charges_from(first, last),
        amount=forecast.amount_from(first, last),
        covered=forecast.covered_from(first, last),
        left=forecast.account.available - spent,
    )
