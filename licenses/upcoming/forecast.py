"""How long the balance suffices: every charge ahead, in the order in which they are tried.

A license may be charged more than once before the last day (monthly ones are). The balance pays a
prefix of the charges in order of day, To and license; from the first one that it does not cover on,
it pays none, as when renewing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from billing.models import ZERO, Account


@dataclass(frozen=True)
class Day:
    """The charges of one day: how many, of how many licenses the next one, and their sum."""

    on: date
    charges: int
    licenses: int
    without_price: int
    amount: Decimal


@dataclass(frozen=True)
class Limit:
    """Where the balance ends: the first charge that it does not pay.

    `before` is what it pays of the same day.
    """

    on: date
    ends_on: date
    license_id: int
    before: Decimal

    def comes_after(self, day: date, ends_on: date, license_id: int) -> bool:
        """Say whether the balance still pays a charge."""
        return (day, ends_on, license_id) < (self.on, self.ends_on, self.license_id)


@dataclass(frozen=True)
class Forecast:
    """The days with charges from today until `last`, against what the account can spend."""

    account: Account
    today: date
    last: date
    days: list[Day]
    limit: Limit | None = None
    has_card: bool = False

    @property
    def charges(self) -> int:
        """Return how many charges there are."""
        return sum(day.charges for day in self.days)

    @property
    def licenses(self) -> int:
        """Return how many licenses are charged."""
        return sum(day.licenses for day in self.days)

    @property
    def without_price(self) -> int:
        """Return how many charges have no price today."""
        return sum(day.without_price for day in self.days)

    @cached_property
    def amount(self) -> Decimal:
        """Return the sum of all charges."""
        return sum((day.amount for day in self.days), ZERO)

    @property
    def suffices_until(self) -> date | None:
        """Return the last day on which the balance pays all; None if there is no limit."""
        return self.limit.on - timedelta(days=1) if self.limit else None

    @property
    def left(self) -> Decimal:
        """Return what can be spent after all charges; negative where they cannot all be paid."""
        return self.account.available - self.amount

    @property
    def missing(self) -> Decimal:
        """Return what has to be deposited for the balance to pay them all."""
        return self.account.missing_for(self.amount)

    @property
    def covered(self) -> Decimal:
        """Return what the balance pays of them."""
        return self.covered_from(self.today, self.last)

    @property
    def not_covered(self) -> Decimal:
        """Return what the balance does not pay."""
        return self.amount - self.covered

    def missing_by(self, day: date) -> Decimal:
        """Return what has to be deposited for the balance to pay all charges until a day."""
        return self.account.missing_for(self.amount_from(self.today, day))

    def amount_from(self, first: date, last: date) -> Decimal:
        """Return the sum of the charges of some days, both included."""
        return sum((day.amount for day in self._between(first, last)), ZERO)

    def charges_from(self, first: date, last: date) -> int:
        """Return how many charges there are on some days, both included."""
        return sum(day.charges for day in self._between(first, last))

    def covered_from(self, first: date, last: date) -> Decimal:
        """Return how much of these charges the balance pays."""
        return sum((self._covered(day) for day in self._between(first, last)), ZERO)

    def _between(self, first: date, last: date) -> Iterator[Day]:
        return (day for day in self.days if first <= day.on <= last)

    def _covered(self, day: Day) -> Decimal:
        if self.limit is None or day.on < self.limit.on:
            return day.amount
        return self.limit.before if day.on == self.limit.on else ZERO
