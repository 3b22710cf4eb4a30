"""Accounts and the ledger; an account that breaks one of these rules is parked."""

from collections.abc import Iterable

from desk.verify.registry import account_invariant, invariant, offending, offending_accounts

Offenders = Iterable[tuple[int, str]]


@invariant("Every reseller has an account.")
def resellers_have_accounts() -> Iterable[str]:
    """Return the names of resellers without one."""
    return offending("""
        SELECT name
        FROM resellers_reseller AS reseller
        WHERE NOT EXISTS (SELECT FROM billing_account WHERE reseller_id = reseller.id)
        ORDER BY name
    """)


@account_invariant("A balance is the sum of the account's entries, and what the last one left.")
def balances_are_their_entries() -> Offenders:
    """Return the accounts whose balance is another, by the reseller's name."""
    return offending_accounts("""
        SELECT account.reseller_id, name
        FROM billing_account AS account
        JOIN resellers_reseller AS reseller ON reseller.id = account.reseller_id
        LEFT JOIN (
            SELECT
                account_id, sum(amount) AS total,
                (array_agg(balance_after ORDER BY sequence DESC))[1] AS last_balance
            FROM billing_balanceentry
            GROUP BY account_id
        ) AS entries ON entries.account_id = account.id
        WHERE balance <> coalesce(total, 0) OR balance <> coalesce(last_balance, 0)
        ORDER BY name
    """)


@account_invariant("Entries are numbered from 1 on, and each begins where the last one ended.")
def entries_follow_each_other() -> Offenders:
    """Return the entries that do not, as “reseller: number”."""
    return offending_accounts("""
        SELECT reseller_id, name || ': ' || sequence
        FROM (
            SELECT
                reseller_id, sequence, balance_before, row_number() OVER ledger AS place,
                lag(balance_after, 1, 0.00) OVER ledger AS left_before
            FROM billing_balanceentry
            WINDOW ledger AS (PARTITION BY account_id ORDER BY sequence)
        ) AS entry
        JOIN resellers_reseller AS reseller ON reseller.id = reseller_id
        WHERE sequence <> place OR balance_before <> left_before
        ORDER BY name, sequence
    """)


@account_invariant("Before + amount = after, in every entry.")
def entries_add_up() -> Offenders:
    """Return the entries that do not, as “reseller: number”."""
    return offending_accounts("""
        SELECT reseller_id, name || ': ' || sequence
        FROM billing_balanceentry
        JOIN resellers_reseller AS reseller ON reseller.id = reseller_id
        WHERE balance_before + amount <> balance_after
        ORDER BY name, sequence
    """)


@account_invariant("The next entry of an account is numbered after its last one.")
def accounts_number_on() -> Offenders:
    """Return the accounts that would give a number twice or leave one out."""
    return offending_accounts("""
        SELECT account.reseller_id, name
        FROM billing_account AS account
        JOIN resellers_reseller AS reseller ON reseller.id = account.reseller_id
        LEFT JOIN (
            SELECT account_id, max(sequence) AS last FROM billing_balanceentry GROUP BY account_id
        ) AS entries ON entries.account_id = account.id
        WHERE next_sequence <> coalesce(last, 0) + 1
        ORDER BY name
    """)


@account_invariant("No balance is below minus the credit limit.")
def balances_keep_to_the_credit_limit() -> Offenders:
    """Return the accounts that owe more."""
    return offending_accounts("""
        SELECT reseller_id, name
        FROM billing_account
        JOIN resellers_reseller AS reseller ON reseller.id = reseller_id
        WHERE balance < -credit_limit
        ORDER BY name
    """)


@account_invariant("An order paid by balance was taken from it once, and nothing else was.")
def purchases_match_orders() -> Offenders:
    """Return the numbers of orders and purchases that do not match.

    Orders older than the account's first entry are exempt: they were paid before it was opened.
    """
    return offending_accounts("""
        SELECT coalesce(placed.reseller_id, entry.reseller_id), coalesce(number, entry.reference)
        FROM (
            SELECT placed.*
            FROM orders_order AS placed
            JOIN billing_balanceentry AS first
                ON first.reseller_id = placed.reseller_id AND first.sequence = 1
            WHERE payment_type = 'balance' AND state IN ('processed', 'refunded')
                AND placed_at >= first.at
        ) AS placed
        FULL JOIN (
            SELECT * FROM billing_balanceentry WHERE kind = 'purchase'
        ) AS entry
            ON entry.reseller_id = placed.reseller_id AND entry.reference = number
        WHERE number IS NULL OR entry.id IS NULL OR entry.amount <> -placed.amount
            OR entry.key <> 'purchase/' || number
        ORDER BY 1, 2
    """)
