"""Telling a company that the card by which its licenses renew expires, before it does."""

from datetime import date, datetime

from billing.cards import about_card, is_needed
from billing.gateway import cards_are_on
from billing.models import Card, CardNotice
from billing.payments.telling import CARD_EXPIRING
from mailing.company import tell_company
from resellers.models import Reseller

AHEAD = (7, 30)


def tell_of_card(reseller: Reseller, today: date, now: datetime) -> None:
    """Queue the mail that the default card expires soon: once a month ahead, once a week ahead.

    The reseller's round is locked; the notice's constraint makes it once, whoever else is at it.
    """
    card = Card.objects.default_of(reseller) if cards_are_on() else None
    days = days_ahead(card, today) if card else None
    if card is None or days is None or not is_needed(card):
        return
    _notice, is_new = CardNotice.objects.get_or_create(
        reseller=reseller, card=card, days=days, defaults={"on": today}
    )
    if is_new:
        tell_company(
            CARD_EXPIRING,
            reseller,
            key=f"{CARD_EXPIRING}/{card.pk}/{days}",
            about=about_card(card),
            now=now,
            params={"card": str(card.uuid)},
        )


def days_ahead(card: Card, today: date) -> int | None:
    """Return which notice is due: the last one that still makes sense, or none."""
    left = (card.expires_on - today).days
    return next((days for days in AHEAD if 0 <= left <= days), None)
