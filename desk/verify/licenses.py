"""Licenses and the periods that were paid for."""

from collections.abc import Iterable

from desk.verify.registry import invariant, offending
from licenses.codes import PATTERN
from licenses.links import KIND


@invariant("An activation code is six groups of five letters and digits without look-alikes.")
def codes_are_well_formed() -> Iterable[str]:
    """Return the UUIDs of licenses with another code; codes themselves are shown nowhere."""
    query = "SELECT uuid FROM licenses_license WHERE activation_code !~ %(code)s ORDER BY uuid"
    return offending(query, code=f"^{PATTERN}$")


@invariant("A license's codes are counted, and one that was replaced is nobody's.")
def replaced_codes_are_gone() -> Iterable[str]:
    """Return the UUIDs of licenses that count wrong, or have a code that was replaced."""
    return offending("""
        SELECT uuid
        FROM licenses_license AS license
        WHERE code_number <> 1 + (
                SELECT count(*) FROM licenses_replacedcode WHERE license_id = license.id
            ) OR activation_code IN (SELECT code FROM licenses_replacedcode)
        ORDER BY uuid
    """)


@invariant("A link that was sent to a customer has its mail.")
def sent_links_have_their_mails() -> Iterable[str]:
    """Return the UUIDs of licenses whose link is said to be sent, without a mail about it."""
    query = """
        SELECT uuid
        FROM licenses_license AS license
        WHERE link_sent_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM mailing_mail AS mail
            WHERE mail.reseller_id = license.reseller_id AND about = license.uuid::text
                AND kind = %(kind)s
        )
        ORDER BY uuid
    """
    return offending(query, kind=KIND)


@invariant("A cancelled license does not renew.")
def cancelled_licenses_never_renew() -> Iterable[str]:
    """Return the UUIDs of cancelled licenses that are recurrent."""
    return offending("""
        SELECT uuid
        FROM licenses_license
        WHERE cancelled_at IS NOT NULL AND recurrent
        ORDER BY uuid
    """)


@invariant("A license has periods once it is activated, and none before.")
def activated_licenses_have_periods() -> Iterable[str]:
    """Return the UUIDs of licenses where one is there without the other."""
    return offending("""
        SELECT uuid
        FROM licenses_license AS license
        LEFT JOIN (SELECT DISTINCT license_id FROM licenses_period) AS period
            ON period.license_id = license.id
        WHERE (activated_at IS NOT NULL) <> (period.license_id IS NOT NULL)
        ORDER BY uuid
    """)


@invariant("A license's From is that of its first period, its To that of its last.")
def licenses_repeat_their_periods() -> Iterable[str]:
    """Return the UUIDs of licenses with periods whose own dates are others."""
    return offending("""
        SELECT uuid
        FROM licenses_license AS license
        JOIN (
            SELECT license_id, min(starts_on) AS first_on, max(ends_on) AS last_on
            FROM licenses_period
            GROUP BY license_id
        ) AS period ON period.license_id = license.id
        WHERE anchor_on IS DISTINCT FROM first_on OR license.ends_on IS DISTINCT FROM last_on
        ORDER BY uuid
    """)


@invariant("Periods are numbered from 0 on, without a number missing.")
def periods_are_numbered_from_zero() -> Iterable[str]:
    """Return the UUIDs of licenses whose periods are numbered otherwise."""
    return offending("""
        SELECT uuid
        FROM licenses_license AS license
        JOIN (
            SELECT license_id
            FROM licenses_period
            GROUP BY license_id
            HAVING min(number) <> 0 OR max(number) <> count(*) - 1
        ) AS strange ON strange.license_id = license.id
        ORDER BY uuid
    """)


@invariant("Period k runs from the activation day + k terms to the day before + (k + 1) terms.")
def periods_are_counted_from_the_anchor() -> Iterable[str]:
    """Return the UUIDs of licenses with a period on other days than licenses/calendar.py says."""
    return offending("""
        SELECT DISTINCT uuid
        FROM licenses_period AS period
        JOIN licenses_license AS license ON license.id = license_id
        JOIN orders_order AS placed ON placed.id = order_id
        WHERE starts_on <> (anchor_on + make_interval(months => period.number * term_months))::date
            OR period.ends_on <> (anchor_on
                + make_interval(months => (period.number + 1) * term_months))::date - 1
        ORDER BY uuid
    """)


@invariant("Each period begins on the day after the one before: no gap, no overlap.")
def periods_follow_each_other() -> Iterable[str]:
    """Return the UUIDs of licenses with a gap or an overlap."""
    return offending("""
        SELECT DISTINCT uuid
        FROM licenses_period AS earlier
        JOIN licenses_period AS later
            ON later.license_id = earlier.license_id AND later.number = earlier.number + 1
        JOIN licenses_license AS license ON license.id = earlier.license_id
        WHERE later.starts_on <> earlier.ends_on + 1
        ORDER BY uuid
    """)
