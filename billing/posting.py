"""The ledger for many movements in one statement; what `steps.post_entries` does row by row."""

from datetime import datetime
from typing import Any

from billing.models import Account, EntryKind
from resellers.models import User

POST = """
, entry AS (
    INSERT INTO billing_balanceentry (
        reseller_id, account_id, sequence, kind, amount, balance_before, balance_after, key,
        reference, tax_rate, actor_id, at)
    SELECT
        account.reseller_id, account.id, next_sequence + place - 1, %(entry_kind)s, amount,
        balance + total - amount, balance + total, key, reference, %(tax_rate)s, %(actor)s, %(now)s
    FROM billing_account AS account, (
        SELECT *, sum(amount) OVER (ORDER BY place) AS total FROM movement
    ) AS summed
    WHERE account.id = %(account)s
    ORDER BY place
), account AS (
    UPDATE billing_account
    SET balance = balance + total, next_sequence = next_sequence + entries
    FROM (SELECT sum(amount) AS total, count(*) AS entries FROM movement) AS sums
    WHERE id = %(account)s AND entries > 0
)
"""
"""Two more CTEs of a statement that has one named `movement`.

Its columns are `place` (1, 2, 3 …), `amount` (signed, in cents), `key` and `reference`. The account
is locked, and has been asked whether it covers them: beyond the credit limit a check refuses them
all.
"""


def posting(
    account: Account, kind: EntryKind, *, actor: User | None, at: datetime
) -> dict[str, Any]:
    """Return the parameters of POST; the tax rate is the reseller's, as licenses have it."""
    return {
        "account": account.pk,
        "entry_kind": kind.value,
        "tax_rate": account.reseller.tax_rate,
        "actor": actor.pk if actor else None,
        "now": at,
    }
