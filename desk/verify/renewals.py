"""Renewals: period, money, attempts and license agree."""

from collections.abc import Iterable

from desk.verify.registry import account_invariant, invariant, offending, offending_accounts

Offenders = Iterable[tuple[int, str]]


@account_invariant("A period after the first was paid by its renewal, and a renewal paid for one.")
def periods_are_paid_by_renewals() -> Offenders:
    """Return the UUIDs of licenses where one is there without the other."""
    return offending_accounts("""
        SELECT DISTINCT license.reseller_id, uuid
        FROM (
            SELECT license_id, number, renewal_id FROM licenses_period WHERE number > 0
        ) AS period
        FULL JOIN (
            SELECT id, license_id, number FROM licenses_renewal WHERE state = 'paid'
        ) AS renewal
            ON renewal.id = period.renewal_id
                AND renewal.license_id = period.license_id AND renewal.number = period.number
        JOIN licenses_license AS license
            ON license.id = coalesce(period.license_id, renewal.license_id)
        WHERE renewal.id IS NULL OR period.license_id IS NULL
        ORDER BY uuid
    """)


@account_invariant("A renewal paid by balance was taken from it once, and nothing else was.")
def renewals_match_entries() -> Offenders:
    """Return the references of renewals and entries that do not match.

    Renewals older than the account's first entry are exempt, as orders are.
    """
    return offending_accounts("""
        SELECT coalesce(paid.reseller_id, entry.reseller_id), coalesce(paid.said, entry.reference)
        FROM (
            SELECT
                renewal.reseller_id, renewal.amount, concat(placed.number, '/', uuid) AS said,
                concat('renewal/', uuid, '/', renewal.number) AS key, settled_at >= first.at AS owed
            FROM licenses_renewal AS renewal
            JOIN licenses_license AS license ON license.id = license_id
            JOIN orders_order AS placed ON placed.id = order_id
            LEFT JOIN billing_balanceentry AS first
                ON first.reseller_id = renewal.reseller_id AND first.sequence = 1
            WHERE renewal.state = 'paid' AND source = 'balance'
        ) AS paid
        FULL JOIN (
            SELECT * FROM billing_balanceentry WHERE kind = 'renewal'
        ) AS entry
            ON entry.key = paid.key
        WHERE paid.key IS NULL OR owed AND entry.id IS NULL OR entry.amount <> -paid.amount
            OR entry.reference <> paid.said OR entry.reseller_id <> paid.reseller_id
        ORDER BY 1, 2
    """)


@invariant("A renewal that was paid has one try that paid it, and no other has one.")
def paid_renewals_have_the_try_that_paid() -> Iterable[str]:
    """Return the UUIDs of licenses with a renewal where one is there without the other."""
    return offending("""
        SELECT DISTINCT uuid
        FROM licenses_renewal AS renewal
        LEFT JOIN licenses_renewalattempt AS attempt
            ON attempt.renewal_id = renewal.id AND outcome = 'paid'
        JOIN licenses_license AS license ON license.id = license_id
        WHERE (renewal.state = 'paid') <> (attempt.id IS NOT NULL)
            OR renewal.amount <> attempt.amount OR renewal.source <> attempt.source
        ORDER BY uuid
    """)


@invariant("A renewal that was not paid is of the next period, and the license knows of it.")
def unpaid_renewals_are_ahead() -> Iterable[str]:
    """Return the UUIDs of licenses with an unpaid renewal of another period, or unawares."""
    return offending("""
        SELECT uuid
        FROM licenses_license AS license
        FULL JOIN (
            SELECT license_id, min(number) AS number, count(*) AS renewals
            FROM licenses_renewal
            WHERE state <> 'paid'
            GROUP BY license_id
        ) AS unpaid ON unpaid.license_id = license.id
        WHERE in_renewal <> (unpaid.license_id IS NOT NULL) OR renewals > 1
            OR unpaid.license_id IS NOT NULL AND number <> (
                SELECT max(number) + 1 FROM licenses_period WHERE license_id = license.id)
        ORDER BY uuid
    """)


@invariant("Only what renews by itself waits for the next try.")
def only_renewing_licenses_wait() -> Iterable[str]:
    """Return the UUIDs of licenses whose renewal waits in vain."""
    return offending("""
        SELECT uuid
        FROM licenses_renewal AS renewal
        JOIN licenses_license AS license ON license.id = license_id
        WHERE renewal.state = 'waiting' AND (NOT recurrent OR cancelled_at IS NOT NULL)
        ORDER BY uuid
    """)
