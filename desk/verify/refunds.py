"""Refunds: the license, the money and the wish agree."""

from collections.abc import Iterable

from desk.verify.registry import account_invariant, invariant, offending, offending_accounts

Offenders = Iterable[tuple[int, str]]


@invariant("A license is cancelled if its refund was approved, and only then.")
def refunds_cancel_licenses() -> Iterable[str]:
    """Return the UUIDs of licenses where one is there without the other."""
    return offending("""
        SELECT uuid
        FROM licenses_license AS license
        LEFT JOIN orders_refund AS refund
            ON refund.license_id = license.id AND refund.state = 'approved'
        WHERE (cancelled_at IS NOT NULL) <> (refund.id IS NOT NULL)
        ORDER BY uuid
    """)


@invariant("A refund is of a license of the order that it names.")
def refunds_are_of_their_orders_licenses() -> Iterable[str]:
    """Return the UUIDs of licenses that belong to another order."""
    return offending("""
        SELECT uuid
        FROM orders_refund AS refund
        JOIN licenses_license AS license ON license.id = license_id
        WHERE license.order_id <> refund.order_id
        ORDER BY uuid
    """)


@account_invariant("What was refunded to a balance went there once, and nothing else did.")
def refunds_match_entries() -> Offenders:
    """Return the order numbers of refunds and entries that do not match.

    Refunds older than the account's first entry are exempt, as orders are.
    """
    return offending_accounts("""
        SELECT coalesce(refund.reseller_id, entry.reseller_id), coalesce(number, entry.reference)
        FROM (
            SELECT refund.*, number, uuid
            FROM orders_refund AS refund
            JOIN orders_order AS placed ON placed.id = order_id
            JOIN licenses_license AS license ON license.id = license_id
            JOIN billing_balanceentry AS first
                ON first.reseller_id = refund.reseller_id AND first.sequence = 1
            WHERE refund.state = 'approved' AND payment_type = 'balance' AND decided_at >= first.at
        ) AS refund
        FULL JOIN (
            SELECT * FROM billing_balanceentry WHERE kind = 'refund'
        ) AS entry
            ON entry.reseller_id = refund.reseller_id AND entry.key = 'refund/' || uuid
        WHERE number IS NULL OR entry.id IS NULL OR entry.amount <> refund.amount
            OR entry.reference <> number
        ORDER BY 1, 2
    """)


@account_invariant("Never more is refunded of an order than was paid for it and for renewals.")
def refunds_keep_to_what_was_paid() -> Offenders:
    """Return the numbers of orders of which more was paid back."""
    return offending_accounts("""
        SELECT placed.reseller_id, number
        FROM orders_order AS placed
        JOIN (
            SELECT order_id, sum(amount) AS back
            FROM orders_refund
            WHERE state = 'approved'
            GROUP BY order_id
        ) AS refunded ON refunded.order_id = placed.id
        WHERE back > placed.amount + (
            SELECT coalesce(sum(amount), 0)
            FROM licenses_renewal AS renewal
            JOIN licenses_license AS license ON license.id = license_id
            WHERE license.order_id = placed.id AND renewal.state = 'paid'
        )
        ORDER BY number
    """)
