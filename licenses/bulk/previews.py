"""What a change of many licenses would come to, license by license, before it is confirmed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from billing.models import ZERO, Account, Card
from licenses.models import BulkOutcome, BulkVerb, License, Source


@dataclass(frozen=True)
class Line:
    """One license: what would become of it. Those that `wait` are the ones that would be changed.

    `day` is that of the next charge, or the new To; `source` is empty where nothing would pay.
    """

    license: License
    outcome: BulkOutcome
    reason: str = ""
    number: int | None = None
    amount: Decimal | None = None
    day: date | None = None
    source: str = ""

    @property
    def mark(self) -> str:
        """Return a text that changes with what would be done, for how much, and from what."""
        return f"{self.license.pk} {self.number} {self.amount} {self.day} {self.source}"


@dataclass(frozen=True)
class Share:
    """How many licenses, and what they cost together."""

    count: int
    amount: Decimal


@dataclass(frozen=True)
class Preview:
    """All lines of a change.

    Of a renewal, `account` is what pays first; `card` pays what it does not. One that
    was `declined` for good pays nothing.
    """

    verb: BulkVerb
    lines: Sequence[Line]
    account: Account | None = None
    card: Card | None = None
    declined: Card | None = None

    def having(self, outcome: BulkOutcome) -> list[Line]:
        """Return the lines with an outcome."""
        return [line for line in self.lines if line.outcome == outcome]

    @cached_property
    def waiting(self) -> list[Line]:
        """Return those that would be changed."""
        return self.having(BulkOutcome.WAITING)

    @cached_property
    def refused(self) -> list[Line]:
        """Return those that cannot be changed."""
        return self.having(BulkOutcome.REFUSED)

    @property
    def same(self) -> int:
        """Return how many are so already."""
        return len(self.having(BulkOutcome.SAME))

    @property
    def count(self) -> int:
        """Return how many would be changed."""
        return len(self.waiting)

    @property
    def amount(self) -> Decimal:
        """Return the sum of those that would be changed, at today's prices."""
        return sum((line.amount or ZERO for line in self.waiting), ZERO)

    @property
    def without_price(self) -> int:
        """Return how many of them have no price today."""
        return sum(line.amount is None for line in self.waiting)

    @property
    def first(self) -> date | None:
        """Return the earliest of their days."""
        return min((line.day for line in self.waiting if line.day), default=None)

    @property
    def last(self) -> date | None:
        """Return the latest of their days."""
        return max((line.day for line in self.waiting if line.day), default=None)

    def share(self, source: str) -> Share:
        """Return what a source would pay of them."""
        amounts = [line.amount or ZERO for line in self.waiting if line.source == source]
        return Share(len(amounts), sum(amounts, ZERO))

    @property
    def by_balance(self) -> Share:
        """Return what the balance would pay."""
        return self.share(Source.BALANCE)

    @property
    def by_card(self) -> Share:
        """Return what the default card would pay."""
        return self.share(Source.CARD)

    @property
    def paying_card(self) -> Card | None:
        """Return the card that would pay a part of it."""
        return self.card if self.by_card.count else None

    @property
    def not_covered(self) -> Share:
        """Return what nothing would pay."""
        return self.share("")

    @property
    def balance_after(self) -> Decimal:
        """Return the balance that would be left."""
        return (self.account.balance if self.account else ZERO) - self.by_balance.amount

    @property
    def missing(self) -> Decimal:
        """Return what has to be deposited for the balance to pay what nothing would pay."""
        left = self.account.available - self.by_balance.amount if self.account else ZERO
        return max(self.not_covered.amount - left, ZERO)

    @property
    def can_be_confirmed(self) -> bool:
        """Say whether there is anything to do."""
        if self.verb == BulkVerb.RENEW:
            return bool(self.by_balance.count or self.by_card.count)
        return bool(self.count)

    @property
    def token(self) -> str:
        """Return a text that changes with every license that would be changed, and with the card.

        A confirmation says with it what the person saw.
        """
        seen = [
            f"{self.verb} {self.paying_card and self.paying_card.pk}",
            *(line.mark for line in self.waiting),
        ]
        return hashlib.sha256("\n".join(seen).encode()).hexdigest()
