"""Telling a company what happens to its card payments without it.

That some wait for a confirmation, in one mail a day; each deposit that goes back to its card; and
each refund that the card did not take.
"""

from datetime import datetime

from billing.models import BalanceEntry, CardPayment, CardRefund
from mailing.company import tell_company

KIND = "payments_to_confirm"
RETURNED = "deposit_returned"
TO_BALANCE = "refund_to_balance"
CARD_EXPIRING = "card_expiring"


def tell_to_confirm(payment: CardPayment, now: datetime) -> None:
    """Queue the day's mail about a payment that was charged while nobody was there."""
    if payment.has_person:
        return
    day = payment.reseller.day_of(now).isoformat()
    tell_company(
        KIND,
        payment.reseller,
        key=f"{KIND}/{payment.reseller.pk}/{day}",
        about=f"account:{payment.reseller.account.pk}",
        now=now,
    )


def tell_returned(payment: CardPayment, entry: BalanceEntry, now: datetime) -> None:
    """Queue the mails about a deposit that goes back to its card."""
    _tell_of_entry(RETURNED, payment, entry, now)


def tell_to_balance(refund: CardRefund, entry: BalanceEntry, now: datetime) -> None:
    """Queue the mails about money that is in the balance, since its card did not take it."""
    _tell_of_entry(TO_BALANCE, refund.payment, entry, now)


def _tell_of_entry(kind: str, payment: CardPayment, entry: BalanceEntry, now: datetime) -> None:
    tell_company(
        kind,
        entry.reseller,
        key=f"{kind}/{entry.key}",
        about=f"account:{entry.account_id}",
        now=now,
        params={"amount": str(abs(entry.amount)), "card": str(payment.card)},
    )
