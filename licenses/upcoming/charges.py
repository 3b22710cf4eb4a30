"""Every charge ahead, counted by the database: one statement, however many licenses there are."""

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import F

from billing.models import ZERO, Account
from licenses.models import RenewalState
from licenses.querysets import LicenseQuerySet
from licenses.renewing import cards
from licenses.renewing.schedule import FIRST_ATTEMPT
from licenses.upcoming.due import renewing
from licenses.upcoming.forecast import Day, Forecast, Limit
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
    FROM (SELECT * FROM due WHERE ends_on + 28 * term - %(ahead)s <= %(last)s) AS short
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


def forecast_of(reseller: Reseller, today: date, days: int) -> Forecast:
    """Return the forecast of a company for so many days from its `today` on; three queries."""
    last = today + timedelta(days=days)
    due = renewing(reseller, today, last, todays_price(reseller.currency, today))
    return forecast(reseller.account, due, today, last)


def forecast(account: Account, due: LicenseQuerySet, today: date, last: date) -> Forecast:
    """Return the forecast of licenses that `renewing` found until `last`; three queries at most."""
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
            return Forecast(account, today, last, days, limit, cards.renews(account.reseller))
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
