"""What holds for cards: when one cannot be removed, and who says that it is needed."""

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _

from billing.models import Card, CardPayment

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


def about_card(card: Card) -> str:
    """Return how audit events name a card."""
    return f"card:{card.uuid}"
