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


@account_invariant("An approved refund is its parts: of the order, and of renewals not begun.")
def refunds_are_their_parts() -> Offenders:
    """Return the UUIDs of licenses whose refund has other parts, or goes back elsewhere.

    Each part goes back to where it came from: to the card whose payment paid it, or the balance.
    """
    return offending_accounts("""
        SELECT refund.reseller_id, uuid
        FROM orders_refund AS refund
        JOIN licenses_license AS license ON license.id = license_id
        JOIN orders_order AS placed ON placed.id = refund.order_id
        JOIN resellers_reseller AS reseller ON reseller.id = refund.reseller_id
        LEFT JOIN LATERAL (
            SELECT
                sum(part.amount) AS total,
                count(*) FILTER (WHERE part.renewal_id IS NULL) AS shares,
                bool_or(CASE
                    WHEN part.renewal_id IS NULL THEN
                        sent.payment_id IS DISTINCT FROM placed.card_payment_id
                    ELSE
                        renewal.license_id <> refund.license_id OR renewal.state <> 'paid'
                        OR renewal.amount <> part.amount
                        OR starts_on <= (decided_at AT TIME ZONE time_zone)::date
                        OR (renewal.source = 'card') <> (sent.id IS NOT NULL)
                        OR sent.id IS NOT NULL
                            AND data ->> 'attempt' IS DISTINCT FROM tried.id::text
                END) AS odd
            FROM orders_refundpart AS part
            LEFT JOIN billing_cardrefund AS sent ON sent.id = card_refund_id
            LEFT JOIN billing_cardpayment AS payment ON payment.id = sent.payment_id
            LEFT JOIN licenses_renewal AS renewal ON renewal.id = part.renewal_id
            LEFT JOIN licenses_period AS period ON period.renewal_id = renewal.id
            LEFT JOIN licenses_renewalattempt AS tried
                ON tried.renewal_id = renewal.id AND tried.outcome = 'paid'
            WHERE refund_id = refund.id
        ) AS parts ON true
        WHERE CASE refund.state WHEN 'approved' THEN refund.amount END IS DISTINCT FROM total
            OR total IS NOT NULL AND (shares <> 1 OR odd)
        ORDER BY uuid
    """)


@account_invariant("What was refunded to a balance went there once, and nothing else did.")
def refunds_match_entries() -> Offenders:
    """Return the order numbers of refunds and entries that do not match.

    Refunds older than the account's first entry are exempt, as orders are.
    """
    return offending_accounts("""
        SELECT coalesce(back.reseller_id, posted.reseller_id), coalesce(back.number, posted.number)
        FROM (
            SELECT refund.reseller_id, placed.number, uuid, sum(part.amount) AS amount
            FROM orders_refundpart AS part
            JOIN orders_refund AS refund ON refund.id = refund_id
            JOIN orders_order AS placed ON placed.id = order_id
            JOIN licenses_license AS license ON license.id = license_id
            JOIN billing_balanceentry AS first
                ON first.reseller_id = refund.reseller_id AND first.sequence = 1
            WHERE card_refund_id IS NULL AND decided_at >= first.at
            GROUP BY refund.reseller_id, placed.number, uuid
        ) AS back
        FULL JOIN (
            SELECT
                reseller_id, split_part(reference, '/', 1) AS number,
                split_part(key, '/', 2) AS uuid, sum(amount) AS amount
            FROM billing_balanceentry
            WHERE kind = 'refund'
            GROUP BY 1, 2, 3
        ) AS posted
            ON posted.reseller_id = back.reseller_id AND posted.uuid = back.uuid::text
        WHERE back.number IS DISTINCT FROM posted.number OR back.amount <> posted.amount
        ORDER BY 1, 2
    """)


@account_invariant("What goes back to a card is what was refunded of what it paid, and no more.")
def card_refunds_match_refunds() -> Offenders:
    """Return the keys of refunds to cards of which more, or less, goes back than was approved.

    What was paid for a renewal that was not needed any more goes back without a refund.
    """
    return offending_accounts("""
        SELECT sent.reseller_id, sent.key
        FROM billing_cardrefund AS sent
        JOIN billing_cardpayment AS payment ON payment.id = payment_id
        LEFT JOIN (
            SELECT card_refund_id, sum(amount) AS due FROM orders_refundpart GROUP BY card_refund_id
        ) AS parts ON card_refund_id = sent.id
        WHERE purpose IN ('purchase', 'renewal') AND CASE
            WHEN due IS NOT NULL THEN sent.amount <> due
            WHEN purpose = 'renewal' THEN sent.amount <> payment.amount OR EXISTS (
                SELECT FROM licenses_renewalattempt
                WHERE id = (data ->> 'attempt')::bigint AND outcome = 'paid')
            ELSE true
        END
        ORDER BY sent.key
    """)


@account_invariant("Never more goes back than was paid: of an order, and of a card payment.")
def refunds_keep_to_what_was_paid() -> Offenders:
    """Return the numbers of orders, and the UUIDs of payments, of which more went back.

    A deposit that was to go back and is one again has not, unless the gateway says that it has.
    """
    return offending_accounts("""
        SELECT placed.reseller_id, number
        FROM orders_order AS placed
        JOIN (
            SELECT order_id, sum(part.amount) AS back
            FROM orders_refundpart AS part
            JOIN orders_refund AS refund ON refund.id = refund_id
            WHERE renewal_id IS NULL
            GROUP BY order_id
        ) AS refunded ON refunded.order_id = placed.id
        WHERE back > placed.amount
        UNION ALL
        SELECT payment.reseller_id, payment.uuid::text
        FROM billing_cardpayment AS payment
        JOIN (
            SELECT payment_id, sum(gone.amount) AS back
            FROM billing_cardrefund AS gone
            LEFT JOIN billing_balanceentry AS kept
                ON kept.key = concat('card-refund/', gone.id) AND kept.kind = 'deposit'
                    AND contradicted_at IS NULL
            WHERE kept.id IS NULL
            GROUP BY payment_id
        ) AS sent ON payment_id = payment.id
        WHERE back > payment.amount
        ORDER BY 2
    """)
