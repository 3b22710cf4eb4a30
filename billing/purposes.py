"""What card payments are for. Each app declares its own; here they are only charged and settled."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from billing.models import Account, CardPayment

if TYPE_CHECKING:
    from django.utils.functional import Promise

FORGOTTEN = timedelta(hours=1)

Handler = Callable[[CardPayment, Account, datetime], None]


@dataclass(frozen=True)
class Purpose:
    """What a card payment does when its outcome is known.

    Each handler is called in the transaction that records the outcome, with the account locked. It
    does its work on the database alone and never refuses: the money has come, or not.

    - `succeeded`: the money came. Called once.
    - `failed`: it will not come (see `payment.state`). Called once, and never after `succeeded`.
    - `pending`: it is not known yet, or waits for a confirmation. May be called more than once.
    - `page`: returns the path of what was paid for, for the link of the payment's own page; empty
      while there is none.
    - `may_charge`: says whether the card may be charged for this one now, before it is for the
      first time and with no transaction open. Otherwise it ends as not sent.
    - `may_wait`: says whether one that waits for a person's confirmation may wait any longer.
    - `again`: returns the path of the form, filled in, with which a person tries anew after it
      failed; empty where that is not a person's to do.
    """

    name: str
    label: "str | Promise"
    succeeded: Handler
    failed: Handler
    pending: Handler
    page: Callable[[CardPayment], str]
    may_charge: Callable[[CardPayment], bool] = lambda _payment: True
    may_wait: Callable[[CardPayment, datetime], bool] = lambda _payment, _now: True
    again: Callable[[CardPayment], str] = lambda _payment: ""


_purposes: dict[str, Purpose] = {}


def register_purpose(purpose: Purpose) -> Purpose:
    """Declare a purpose. Raises ValueError for a name that is taken."""
    if purpose.name in _purposes:
        raise ValueError(f"The purpose {purpose.name!r} is declared twice.")
    _purposes[purpose.name] = purpose
    return purpose


def purpose_named(name: str) -> Purpose:
    """Return a declared purpose; raises KeyError for an unknown one."""
    return _purposes[name]


def purpose_label(name: str) -> str:
    """Return what people call a purpose; its name for one that is no longer declared."""
    purpose = _purposes.get(name)
    return str(purpose.label) if purpose else name


def purpose_choices() -> "list[tuple[str, str | Promise]]":
    """Return the declared purposes, by name."""
    return [(purpose.name, purpose.label) for purpose in _purposes.values()]


def do_nothing(_payment: CardPayment, _account: Account, _now: datetime) -> None:
    """Stand in for a handler that has nothing to do."""


def was_confirmed_just_now(payment: CardPayment) -> bool:
    """Say whether the person who confirmed a payment still expects that it is charged."""
    return timezone.now() - payment.created_at < FORGOTTEN
