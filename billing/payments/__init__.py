"""The life of a card payment: committed, then charged, then settled; looked at until it is."""

from billing.payments.charging import charge, confirm, end_waiting, look_again
from billing.payments.opening import open_payment, why_not_charge
from billing.payments.settling import settle

__all__ = [
    "charge",
    "confirm",
    "end_waiting",
    "look_again",
    "open_payment",
    "settle",
    "why_not_charge",
]
