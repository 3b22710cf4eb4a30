"""Telling a company that payments wait for a confirmation: one mail a day, however many."""

from datetime import datetime

from billing.models import CardPayment
from mailing.company import tell_company

KIND, CARD_EXPIRING = "payments_to_confirm", "card_expiring"


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
