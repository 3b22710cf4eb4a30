"""What the portal asks of a card gateway, and how each answer is understood."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """What became of a charge or a refund, as far as one answer tells.

    NOT_SENT: this request has provably done nothing. ABSENT: the gateway knows of no such thing.
    PENDING: the gateway has taken a refund, and the bank has not said yet. UNKNOWN: it may or may
    not have been done.
    """

    SUCCEEDED = "succeeded"
    PENDING = "pending"
    DECLINED = "declined"
    REFUSED = "refused"
    NEEDS_AUTHENTICATION = "needs_authentication"
    CANCELLED = "cancelled"
    NOT_SENT = "not_sent"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Charge:
    """One charge. Asked again it must be the same in every field, above all in its key.

    `card` is the card's token. Without a `return_url` nobody is there who could confirm it.
    """

    key: str
    customer: str
    card: str = field(repr=False)
    amount: Decimal
    currency: str
    purpose: str
    return_url: str = ""


@dataclass(frozen=True)
class Answer:
    """What the gateway said: its own id and code, and where a person confirms the payment.

    `key` is the one that it keeps with a refund: ours, if it was asked for from here.
    """

    outcome: Outcome
    gateway_id: str = ""
    code: str = ""
    key: str = ""
    confirm_url: str = field(default="", repr=False)


@dataclass(frozen=True)
class Setup:
    """A page of the gateway on which a person enters a card."""

    session: str
    url: str = field(repr=False)


@dataclass(frozen=True)
class FinishedSetup:
    """A card that was entered there: by whose customer, and on whose behalf (`who`)."""

    customer: str
    who: str
    token: str = field(repr=False)
    brand: str
    last4: str
    expires_on: date


@dataclass(frozen=True)
class Hint:
    """That something happened to a payment (our key, the gateway's id), a setup, or a refund."""

    gateway_id: str = ""
    key: str = ""
    session: str = ""
    refund: str = ""


class GatewayError(Exception):
    """The gateway did not do what was asked, and no money was concerned."""


class NotFoundError(GatewayError):
    """The gateway knows nothing of that name."""


class WrongSignatureError(Exception):
    """A webhook that the gateway did not sign, or not lately."""


class Gateway(Protocol):
    """A card gateway. Nothing about money raises: its outcome is in the answer."""

    def create_customer(self, key: str, name: str) -> str:
        """Make a customer, once per key, and return its id. Raises GatewayError."""

    def start_setup(self, customer: str, *, who: str, back: str, cancel: str) -> Setup:
        """Prepare the page on which a card is entered. Raises GatewayError.

        It leads to `back`, in which `{session}` becomes the session's id, or to `cancel`.
        """

    def read_setup(self, session: str) -> FinishedSetup | None:
        """Return the card that was entered; None as long as none was. Raises GatewayError."""

    def charge(self, charge: Charge) -> Answer:
        """Charge a card, or learn what came of the same charge when it was asked before."""

    def find(self, charge: Charge, since: datetime) -> Answer:
        """Look for a charge among the customer's payments by its key; ABSENT if it is not there."""

    def fetch(self, gateway_id: str) -> Answer:
        """Ask what became of a payment."""

    def confirm(self, gateway_id: str, card: str, return_url: str) -> Answer:
        """Begin the confirmation of a payment that was charged without a person."""

    def cancel(self, gateway_id: str) -> Answer:
        """End a payment that waits for a person; SUCCEEDED if that came too late."""

    def refund(self, key: str, gateway_id: str, amount: Decimal, currency: str) -> Answer:
        """Pay a part of a payment back to its card, once per key."""

    def find_refund(self, key: str, gateway_id: str) -> Answer:
        """Look for a refund of a payment by its key; ABSENT if it is not there."""

    def fetch_refund(self, gateway_id: str) -> Answer:
        """Ask what became of a refund."""

    def detach(self, card: str) -> None:
        """Let go of a card; one that is gone already is fine. Raises GatewayError."""

    def read_webhook(self, body: bytes, signature: str) -> Hint | None:
        """Return what a webhook is about, None if nothing of ours. Raises WrongSignatureError."""
