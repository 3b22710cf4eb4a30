"""What holds for cards: when one cannot be removed, and who says that it is needed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from billing.gateway import cards_are_on
from billing.models import Card, CardPayment
from resellers.models import User
from resellers.roles import Right

Need = Callable[[Card], str | None]

_needs: list[Need] = []


def default_card_needed_by(need: Need) -> Need:
    """Declare a function that says why a reseller's default card must not go, or None."""
    _needs.append(need)
    return need


def why_not_remove(card: Card) -> str | None:
    """Say why a card cannot be removed now, and what to do first."""
    payments = CardPayment.objects.for_reseller(card.reseller).open().filter(card=card)
    if payments.exists():
        return _("A payment with this card is still being checked. Remove it once that is over.")
    if not card.is_default:
        return None
    return next((reason for need in _needs if (reason := need(card))), None)


def why_not_default(card: Card, today: date) -> str | None:
    """Say why a card cannot be made the default on a day."""
    if card.is_default:
        return _("This is the default card already.")
    return _("This card has expired. Add a new one.") if card.is_expired(today) else None


@dataclass(frozen=True)
class CardWarning:
    """That the default card, by which licenses renew, cannot be charged (for long)."""

    card: Card
    validity: str


def warning_of(user: User, today: date) -> CardWarning | None:
    """Return what a person who may see cards is warned of, if there is anything."""
    if user.reseller is None or not cards_are_on() or not user.may(Right.ADMINISTER):
        return None
    card = Card.objects.default_of(user.reseller)
    if card is None or (validity := card.validity(today)) == "good" or not is_needed(card):
        return None
    return CardWarning(card, validity)


def is_needed(card: Card) -> bool:
    """Say whether a default card has something to pay sooner or later."""
    return any(need(card) for need in _needs)


def about_card(card: Card) -> str:
    """Return how audit events name a card."""
    return f"card:{card.uuid}"
