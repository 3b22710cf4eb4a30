"""What the renewals ahead cost, against what can be spent."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from licenses.renewing.schedule import FIRST_ATTEMPT
from reseller_portal.money import to_cents
from resellers.models import Reseller

HORIZON = timedelta(days=30)
LONGEST_GRACE = timedelta(days=90)
MOST_PERIODS = 5  # of a month each, missed and to come, within grace and horizon

COST = """
WITH charges AS (
    SELECT license.product_id, term_months, placed.currency, quantity, count(*) AS times
    FROM licenses_license AS license
    JOIN orders_order AS placed ON placed.id = license.order_id
    JOIN catalog_product AS product ON product.id = license.product_id
    CROSS JOIN LATERAL (
        SELECT max(number) AS number FROM licenses_period WHERE license_id = license.id
    ) AS last
    CROSS JOIN generate_series(1, %(periods)s) AS later
    WHERE license.reseller_id = %(reseller)s AND activated_at IS NOT NULL
        AND cancelled_at IS NULL AND recurrent
        AND ends_on BETWEEN %(earliest)s AND %(latest)s AND ends_on + grace_days >= %(today)s
        AND (anchor_on + make_interval(months => (last.number + later) * term_months))::date
            <= %(latest)s + 1
    GROUP BY license.product_id, term_months, placed.currency, quantity
)
SELECT coalesce(sum(times * amount), 0)
FROM charges
CROSS JOIN LATERAL (
    SELECT amount
    FROM catalog_price AS price
    WHERE price.product_id = charges.product_id AND price.term_months = charges.term_months
        AND price.currency = charges.currency AND minimum_quantity <= quantity
        AND valid_from <= %(today)s
    ORDER BY minimum_quantity DESC, valid_from DESC
    LIMIT 1
) AS today
"""


def cost_ahead(reseller: Reseller, today: date) -> Decimal:
    """Return what the renewals of the next 30 days cost, at the prices of the reseller's `today`.

    A renewal counts for the day of its first attempt, and while its license is in grace.
    """
    latest = today + HORIZON + FIRST_ATTEMPT
    values: dict[str, Any] = {
        "reseller": reseller.pk,
        "today": today,
        "earliest": today - LONGEST_GRACE,
        "latest": latest,
        "periods": MOST_PERIODS,
    }
    with connection.cursor() as cursor:
        cursor.execute(COST, values)
        return to_cents(cursor.fetchone()[0])
