"""One batch: take what is due, decide what pays it, write it down; the account is locked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from billing.models import Account, EntryKind
from billing.posting import posting
from licenses.models import AttemptOutcome, License, RenewalState, Source
from licenses.renewing.schedule import FIRST_ATTEMPT
from licenses.renewing.statements import JUDGE, PICK_DUE, PICK_ONE, WRITE
from licenses.renewing.telling import reasons
from reseller_portal.origin import address
from resellers.models import User

BATCH = 500
UNPAID = [RenewalState.WAITING, RenewalState.ENDED]


@dataclass(frozen=True)
class Result:
    """What became of one renewal; `amount` is net, None where there is no price."""

    renewal_id: int
    state: RenewalState
    outcome: AttemptOutcome
    source: Source
    amount: Decimal | None

    @property
    def stops_the_balance(self) -> bool:
        """Say whether the balance could not pay, so that it pays nothing later in this pass."""
        return self.outcome in {AttemptOutcome.NOT_COVERED, AttemptOutcome.UNKNOWN}


def charge_due(
    account: Account, as_of: date, *, stopped: bool, card: bool, now: datetime
) -> list[Result]:
    """Pay or fail a batch of what is due on the reseller's day `as_of`, earliest To first.

    The balance pays a prefix, and nothing once it is `stopped`; the rest waits for the `card`, if
    there is one. A license that somebody has locked is passed over.
    """
    parameters = _parameters(account, as_of, actor=None, now=now)
    parameters |= {"stopped": stopped, "card": card, "size": BATCH}
    return run(PICK_DUE + JUDGE + WRITE, parameters)


def charge_one(
    account: Account,
    license: License,
    as_of: date,
    *,
    balance: bool,
    card: bool,
    actor: User,
    now: datetime,
) -> Result:
    """Pay or fail the next period of one license that a person renews by hand; it is locked.

    The `balance` pays it if it may, else the `card` if it may.
    """
    parameters = _parameters(account, as_of, actor=actor, now=now)
    parameters |= {"stopped": not balance, "card": card, "license": license.pk}
    [result] = run(PICK_ONE + JUDGE + WRITE, parameters)
    return result


def run(statement: str, parameters: dict[str, Any]) -> list[Result]:
    """Run a statement that ends with what was written."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return [
        Result(pk, RenewalState(state), AttemptOutcome(outcome), Source(source), amount)
        for pk, state, outcome, source, amount in rows
    ]


def common(account: Account, as_of: date, *, actor: User | None, now: datetime) -> dict[str, Any]:
    """Return the parameters of every statement that writes."""
    return {
        **posting(account, EntryKind.RENEWAL, actor=actor, at=now),
        "reseller": account.reseller_id,
        "as_of": as_of,
        "address": address.get(),
        "tell_again": False,
        "first": FIRST_ATTEMPT.days,
    }


def _parameters(
    account: Account, as_of: date, *, actor: User | None, now: datetime
) -> dict[str, Any]:
    return {
        **common(account, as_of, actor=actor, now=now),
        "first_upto": as_of + FIRST_ATTEMPT,
        "currency": account.currency,
        "available": account.available,
        "upon": [state.value for state in UNPAID],
        **reasons(),
    }
