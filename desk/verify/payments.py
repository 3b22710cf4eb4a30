"""Card payments: what came by card did what it was paid for, once; what did not come did nothing.

What a card paid for orders is in `orders`, what goes back to cards in `refunds`.
"""

from collections.abc import Iterable

from desk.verify.registry import account_invariant, offending_accounts

Offenders = Iterable[tuple[int, str]]


@account_invariant("What a card deposited is in the ledger once, with its amount, and no more is.")
def card_deposits_match_entries() -> Offenders:
    """Return the keys of entries that are missing, odd, or of a payment that did not come."""
    return offending_accounts("""
        SELECT coalesce(paid.reseller_id, entry.reseller_id), coalesce(paid.key, entry.key)
        FROM (
            SELECT reseller_id, amount, concat('deposit/', uuid) AS key
            FROM billing_cardpayment
            WHERE purpose = 'deposit' AND state = 'succeeded'
        ) AS paid
        FULL JOIN (
            SELECT * FROM billing_balanceentry WHERE kind = 'deposit' AND key LIKE 'deposit/%%'
        ) AS entry ON entry.key = paid.key
        WHERE paid.key IS NULL OR entry.id IS NULL OR entry.amount <> paid.amount
            OR entry.reseller_id <> paid.reseller_id
        ORDER BY 2
    """)


@account_invariant("What a card paid for a renewal has renewed the license, or goes back.")
def card_renewals_match_payments() -> Offenders:
    """Return the UUIDs of licenses with a payment that did neither, or a renewal without one."""
    return offending_accounts("""
        SELECT
            coalesce(payment.reseller_id, tried.reseller_id), coalesce(about, tried.uuid::text)
        FROM (
            SELECT *, (data ->> 'attempt')::bigint AS attempt_id
            FROM billing_cardpayment
            WHERE purpose = 'renewal'
        ) AS payment
        FULL JOIN (
            SELECT attempt.id, attempt.reseller_id, attempt.amount, uuid
            FROM licenses_renewalattempt AS attempt
            JOIN licenses_renewal AS renewal ON renewal.id = renewal_id
            JOIN licenses_license AS license ON license.id = license_id
            WHERE outcome = 'paid' AND attempt.source = 'card' AND attempt.amount > 0
        ) AS tried ON tried.id = attempt_id
        WHERE CASE
            WHEN payment.id IS NULL THEN true
            WHEN tried.id IS NOT NULL
                THEN payment.state <> 'succeeded' OR payment.amount <> tried.amount
            ELSE payment.state = 'succeeded' AND NOT EXISTS (
                SELECT FROM billing_cardrefund AS sent
                WHERE sent.payment_id = payment.id AND sent.amount = payment.amount)
        END
        ORDER BY 2
    """)


@account_invariant("A deposit that goes back to its card was taken from the balance, and only so.")
def returned_deposits_match_entries() -> Offenders:
    """Return the keys of refunds of deposits and of entries of which the other is not there."""
    return offending_accounts("""
        SELECT coalesce(sent.reseller_id, entry.reseller_id), coalesce(sent.key, entry.key)
        FROM (
            SELECT back.*
            FROM billing_cardrefund AS back
            JOIN billing_cardpayment AS payment ON payment.id = payment_id
            WHERE purpose = 'deposit'
        ) AS sent
        FULL JOIN (
            SELECT *
            FROM billing_balanceentry
            WHERE kind = 'deposit_refund' AND key LIKE 'deposit-refund/%%'
        ) AS entry ON entry.key = sent.key
        WHERE sent.id IS NULL OR entry.id IS NULL OR entry.amount <> -sent.amount
            OR entry.reseller_id <> sent.reseller_id
        ORDER BY 2
    """)


@account_invariant("What goes to the balance instead of a card is what was owed to the card.")
def balances_instead_of_cards_match() -> Offenders:
    """Return the keys of entries for refunds that ended otherwise, or are not there."""
    return offending_accounts("""
        SELECT entry.reseller_id, entry.key
        FROM billing_balanceentry AS entry
        LEFT JOIN billing_cardrefund AS sent
            ON sent.id::text = split_part(entry.key, '/', 2)
                AND sent.reseller_id = entry.reseller_id
        WHERE entry.key LIKE 'card-refund/%%'
            AND (sent.id IS NULL OR sent.state <> 'otherwise' OR sent.amount <> entry.amount)
        ORDER BY entry.key
    """)
