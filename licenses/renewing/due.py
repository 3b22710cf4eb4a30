"""Whose renewals are due: two index probes a reseller, however many licenses there are."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import connection

from licenses.renewing.schedule import FIRST_ATTEMPT
from reseller_portal.locks import alone
from resellers.models import Reseller

# On the reseller's own day, unless one is given. A parked account is passed over.
RESELLERS = """
SELECT reseller.id
FROM resellers_reseller AS reseller
JOIN billing_account AS account ON account.reseller_id = reseller.id AND parked_at IS NULL
CROSS JOIN LATERAL (
    SELECT coalesce(%(as_of)s::date, (%(now)s AT TIME ZONE time_zone)::date - %(days_ago)s) AS day
) AS calendar
WHERE EXISTS (
    SELECT FROM licenses_license
    WHERE reseller_id = reseller.id AND recurrent AND activated_at IS NOT NULL
        AND cancelled_at IS NULL AND NOT in_renewal AND ends_on <= day + %(first)s
) OR EXISTS (
    SELECT FROM licenses_renewal AS renewal
    WHERE reseller_id = reseller.id AND state = 'waiting' AND next_attempt_on <= day
        AND (%(days_ago)s = 0 OR NOT EXISTS (
            SELECT FROM billing_cardpayment AS payment
            JOIN licenses_license AS license ON license.uuid::text = payment.about
            WHERE payment.reseller_id = reseller.id AND payment.purpose = 'renewal'
                AND payment.settled_at IS NULL AND license.id = renewal.license_id
        ))
) OR %(days_ago)s = 0 AND EXISTS (
    SELECT FROM licenses_renewal WHERE reseller_id = reseller.id AND state = 'checking'
)
ORDER BY reseller.id
"""
"""The resellers for whom a pass has something to do."""


def resellers_due(now: datetime, as_of: date | None = None, *, days_ago: int = 0) -> list[Reseller]:
    """Return the resellers with renewals due, on `as_of` or on their own calendar day of `now`.

    With `days_ago`, those whose renewals have been due for so many of their days. Card payments
    under way count as due, not as late: a pass looks after them.
    """
    parameters = {"now": now, "as_of": as_of, "days_ago": days_ago, "first": FIRST_ATTEMPT.days}
    with connection.cursor() as cursor:
        cursor.execute(RESELLERS, parameters)
        keys = [key for (key,) in cursor.fetchall()]
    return list(Reseller.objects.filter(pk__in=keys).order_by("pk"))


@contextmanager
def one_pass(reseller: Reseller, *, wait: bool) -> Iterator[bool]:
    """Hold the one pass that a reseller may have at a time; yield False if another has it.

    In two at once the balance would pay out of turn.
    """
    with alone(f"renewals/{reseller.pk}", wait=wait) as held:
        yield held
