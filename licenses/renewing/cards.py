"""Where the engine meets the card: what the balance does not pay goes to the default card.

The engine asks `usable`; makes the renewal `checking`, with an attempt whose outcome is unknown,
and calls `prepare` in the same transaction; then, with no transaction open, `collect`, which ends
each with a function of `settling`. Cards are switched off until these three say otherwise.
"""

from collections.abc import Sequence
from datetime import datetime

from licenses.models import RenewalAttempt
from resellers.models import Reseller


def usable(_reseller: Reseller) -> bool:
    """Say whether the reseller has a default card that may be charged."""
    return False


def prepare(attempts: Sequence[RenewalAttempt], *, now: datetime) -> None:
    """Leave, in the open transaction, what a later `collect` needs: a payment row for each try."""


def collect(attempts: Sequence[RenewalAttempt], *, now: datetime) -> None:
    """Charge the card for each try and settle it; no transaction is open."""


def resume(_reseller: Reseller, *, now: datetime) -> None:
    """Bring to an end what an earlier pass began and could not settle; no transaction is open."""
