"""A reseller's prepaid money, the ledger of what moved it, its cards and what was paid by them."""

from billing.models.card import Card, CardNotice
from billing.models.ledger import (
    SELDOM,
    TAXED,
    ZERO,
    Account,
    BalanceEntry,
    EntryKind,
    VendorDetails,
)
from billing.models.payment import OPEN, CardPayment, PaymentState
from billing.models.refund import CardRefund, CardRefundState

__all__ = [
    "OPEN",
    "SELDOM",
    "TAXED",
    "ZERO",
    "Account",
    "BalanceEntry",
    "Card",
    "CardNotice",
    "CardPayment",
    "CardRefund",
    "CardRefundState",
    "EntryKind",
    "PaymentState",
    "VendorDetails",
]
