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
from typing import Any

from django.db import connection
from django.db.models import F

from billing.models import ZERO, Account
from licenses.models import RenewalState
from licenses.querysets import LicenseQuerySet
from licenses.renewing.schedule import FIRST_ATTEMPT
from licenses.upcoming.due import renewing
from licenses.upcoming.prices import todays_price
from reseller_portal.money import to_cents
from resellers.models import Reseller

# Later charges of a license follow each term from the anchor on; a month has 28 days or more. A
# card payment whose outcome is not known yet was asked for already.
CHARGES = """
WITH due AS ({due}), charge AS (
    SELECT day, ends_on, id, amount, true AS is_next
    FROM due
    WHERE state IS DISTINCT FROM %(checking)s
    UNION ALL
    SELECT greatest(later.ends_on - %(ahead)s, %(today)s), later.ends_on, id, amount, false
    FROM due
    CROSS JOIN LATERAL (
        SELECT (12 * (extract(year FROM ends_on + 1) - extract(year FROM anchor_on))
            + extract(month FROM ends_on + 1) - extract(month FROM anchor_on))::int AS paid
    ) AS months
    CROSS JOIN generate_series(1, (%(last)s + %(ahead)s - ends_on) / (28 * term)) AS further
    CROSS JOIN LATERAL (
        SELECT (anchor_on + make_interval(months => paid + further * term))::date - 1 AS ends_on
    ) AS later
    WHERE later.ends_on - %(ahead)s <= %(last)s
)
"""
BY_DAY = """
SELECT day, count(*), count(*) FILTER (WHERE is_next), count(*) FILTER (WHERE amount IS NULL),
    coalesce(sum(amount), 0)
FROM charge
GROUP BY day
ORDER BY day
"""
FIRST_UNPAID = """
SELECT ends_on, id, total - amount
FROM (
    SELECT ends_on, id, amount, sum(amount) OVER (ORDER BY ends_on, id) AS total
    FROM charge
    WHERE day = %(day)s AND amount IS NOT NULL
) AS running
WHERE total > %(left)s
ORDER BY ends_on, id
LIMIT 1
"""


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


def forecast_of(reseller: Reseller, today: date, days: int) -> Forecast:
    """Return the forecast of a company for so many days from its `today` on; three queries."""
    last = today + timedelta(days=days)
    due = renewing(reseller, today, last, todays_price(reseller.currency, today))
    return forecast(reseller.account, due, today, last)


def forecast(account: Account, due: LicenseQuerySet, today: date, last: date) -> Forecast:
    """Return the forecast of licenses that `renewing` found until `last`; two queries at most."""
    rows: Any = due.order_by()
    values = rows.values(
        "id",
        "day",
        "ends_on",
        "anchor_on",
        "amount",
        state=F("pending_state"),
        term=F("order__term_months"),
    )
    asked = {"today": today, "last": last, "ahead": FIRST_ATTEMPT.days}
    days = [_day(row) for row in _ask(values, BY_DAY, **asked)]
    spent = ZERO
    for day in days:
        if spent + day.amount > account.available:
            found = _ask(values, FIRST_UNPAID, **asked, day=day.on, left=account.available - spent)
            [(ends_on, license_id, before)] = found
            limit = Limit(day.on, ends_on, license_id, to_cents(before))
            return Forecast(account, today, last, days, limit)
        spent += day.amount
    return Forecast(account, today, last, days)


def _day(row: tuple[Any, ...]) -> Day:
    on, charges, licenses, without_price, amount = row
    return Day(on, charges, licenses, without_price, to_cents(amount))


def _ask(due: Any, question: str, **values: Any) -> list[Any]:
    """Ask about the charges; the licenses themselves are a query of Django's."""
    sql, params = due.query.sql_with_params()
    with connection.cursor() as cursor:
        inner = cursor.mogrify(sql, params).decode().replace("%", "%%")
        statement = CHARGES.format(due=inner) + question
        cursor.execute(statement, {"checking": RenewalState.CHECKING.value, **values})
        answers: list[Any] = cursor.fetchall()
        return answers
