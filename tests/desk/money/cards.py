"""The default card of a company, and what must become of each charge: the model of both."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from billing.models import Card, CardPayment
from tests.gateway import Gateway

# How the test card behaves, and in what state that leaves a payment. One that is refused for good
# has tests of its own: it is charged no more.
KINDS = {
    "succeeds": "succeeded",
    "insufficient_funds": "declined",
    "needs_authentication": "confirming",
}
FAULTS = ("error_before", "error_after")  # the gateway breaks and has done nothing, or has done it
KEY_LIFE = timedelta(hours=23)


@dataclass
class ModelCard:
    """A card: how it behaves, until when it is valid, and whether the gateway breaks just now."""

    gateway: Gateway
    card: Card
    expires_on: date
    kind: str = "succeeds"
    fault: str = ""

    def can_be_charged(self, today: date) -> bool:
        """Say whether it is valid on a day."""
        return today <= self.expires_on

    def answer(self) -> str:
        """Return the state of a payment that is asked for now."""
        return "unknown" if self.fault else KINDS[self.kind]

    def confirmed(self) -> str:
        """Return the state of a payment whose owner confirms it now."""
        return "succeeded" if self.kind == "needs_authentication" else KINDS[self.kind]


@dataclass
class Known:
    """A payment as the model knows it.

    `done` is what the gateway did, if it did anything; `untold` that its owner confirmed it and
    nobody has heard of that.
    """

    payment: CardPayment
    card: ModelCard
    state: str
    done: str
    asked: datetime
    license: int = 0
    untold: bool = False

    def found_out(self, now: datetime) -> str:
        """Return what a look finds out."""
        if self.state == "confirming":
            return self.ended()
        if now < self.asked + KEY_LIFE:
            return self.done or KINDS[self.card.kind]
        return self.done or "not_sent"

    def ended(self) -> str:
        """Return what becomes of it when it is not waited for any longer."""
        return "succeeded" if self.untold else "abandoned"
