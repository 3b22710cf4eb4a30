"""What stands in the body of an order, in its tile and on its page alike."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from billing.models import CardPayment
from catalog.terms import term_in_words
from orders.forms import offers_cards
from orders.history import history
from orders.models import Order
from orders.possible import actions
from orders.reasons import why_no_licenses
from orders.tiles import tile
from resellers.models import User


def body(order: Order, user: User, now: datetime) -> dict[str, Any]:
    """Return the template's values; the number of queries does not depend on the order."""
    return {
        "order": order,
        "tile": tile(order, order.reseller.day_of(now)),
        "term": term_in_words(order.term_months),
        "actions": actions(order, user),
        "why_no_licenses": why_no_licenses(order),
        "history": history(order, user, now),
        **card_payment(order, user),
    }


def card_payment(order: Order, user: User) -> dict[str, Any]:
    """Return the card payment of an order, and its page for whoever may see it."""
    if order.card_payment_id is None:
        return {"payment": None}
    payments = CardPayment.objects.for_reseller(order.reseller).select_related("card")
    payment = payments.get(pk=order.card_payment_id)
    url = reverse("billing:payment", args=[payment.uuid]) if offers_cards(user) else ""
    return {"payment": payment, "payment_url": url}
