"""Telling a company what happens to its card payments without it.

That some wait for a confirmation, in one mail a day; and each deposit that goes back to its card.
"""

from datetime import datetime

from billing.models import BalanceEntry, CardPayment
from mailing.company import tell_company

KIND = "payments_to_confirm"
RETURNED = "deposit_returned"
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
    tell_company(
        RETURNED,
        payment.reseller,
        key=f"{RETURNED}/{entry.key}",
        about=f"account:{entry.account_id}",
        now=now,
        params={"amount": str(-entry.amount), "card": str(payment.card)},
    )
