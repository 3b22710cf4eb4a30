"""Finding what is to be told on a day: one statement for each reseller, however often it is run.

After days of silence a license gets the one notice that still makes sense: ahead only while its
first attempt has not begun, and of the warnings before its end only the last that applies. What
ended longer ago than LONG_OVER is not news.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from licenses.models import NoticeKind
from licenses.renewing.schedule import FIRST_ATTEMPT
from resellers.models import Reseller

AHEAD = timedelta(days=3)
WARNINGS = {NoticeKind.ENDS_15: 15, NoticeKind.ENDS_7: 7, NoticeKind.ENDS_1: 1}
LONG_OVER = timedelta(days=14)

# Sorted, so that two statements at once wait for each other instead of for ever.
GATHER = """
INSERT INTO licenses_notice (reseller_id, license_id, period, kind, "on", at)
SELECT reseller_id, id, ending.number + CASE WHEN recurrent THEN 1 ELSE 0 END,
    CASE
        WHEN recurrent THEN 'ahead'
        WHEN ends_on < %(today)s THEN 'ended'
        WHEN ends_on <= %(in_1)s THEN 'ends_1'
        WHEN ends_on <= %(in_7)s THEN 'ends_7'
        ELSE 'ends_15'
    END,
    %(today)s, %(now)s
FROM licenses_license AS license
CROSS JOIN LATERAL (
    SELECT max(number) AS number FROM licenses_period WHERE license_id = license.id
) AS ending
WHERE reseller_id = %(reseller)s AND activated_at IS NOT NULL AND cancelled_at IS NULL
    AND ends_on BETWEEN %(long_over)s AND %(in_15)s
    AND (NOT recurrent OR ends_on BETWEEN %(ahead_from)s AND %(ahead_to)s)
ORDER BY id
ON CONFLICT (license_id, period, kind) DO NOTHING
"""


def gather(reseller: Reseller, today: date, now: datetime) -> int:
    """Write the notices of a reseller's day that are not there yet; returns how many.

    Paid and failed are not among them: the renewal itself writes those.
    """
    days = {f"in_{days}": today + timedelta(days=days) for days in WARNINGS.values()}
    attempts = today + FIRST_ATTEMPT
    values: dict[str, Any] = {
        "reseller": reseller.pk,
        "today": today,
        "now": now,
        "long_over": today - LONG_OVER,
        "ahead_from": attempts + timedelta(days=1),
        "ahead_to": attempts + AHEAD,
        **days,
    }
    with connection.cursor() as cursor:
        cursor.execute(GATHER, values)
        return int(cursor.rowcount)
