"""What goes back for licenses, and where to: the balance, or the card that paid."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from billing.models import ZERO, CardPayment
from licenses.models import License, Renewal, RenewalState
from licenses.renewing.cards import payments_that_paid
from orders.models import Order
from reseller_portal.display import money_text


@dataclass(frozen=True)
class Part:
    """What goes back of one thing that was paid for a license: of its order, or of a renewal.

    It goes to the card of a payment; without one, to the balance.
    """

    license: License
    renewal: Renewal | None
    amount: Decimal
    payment: CardPayment | None


@dataclass(frozen=True)
class Way:
    """An amount that goes back to one place: a card, by its name, or the balance."""

    card: str
    amount: Decimal


def parts_of(order: Order, licenses: Sequence[License], today: date) -> list[Part]:
    """Return what goes back for licenses of an order on the reseller's day `today`.

    That is of each its share of the order, so that shares add up, and every renewal of it that was
    paid and whose period has not begun.
    """
    ahead = defaultdict(list)
    for renewal, payment in renewals_ahead(order, licenses, today):
        ahead[renewal.license_id].append((renewal, payment))
    return [
        Part(license, renewal, order.unit_amount if renewal is None else paid(renewal), payment)
        for license in licenses
        for renewal, payment in ((None, order.card_payment), *ahead[license.pk])
    ]


def renewals_ahead(
    order: Order, licenses: Iterable[License], today: date
) -> list[tuple[Renewal, CardPayment | None]]:
    """Return the renewals that were paid and have not begun, each with the card payment, if any."""
    found = Renewal.objects.for_reseller(order.reseller).filter(
        license__in=licenses, state=RenewalState.PAID, period__starts_on__gt=today, amount__gt=0
    )
    renewals = list(found.order_by("license_id", "number"))
    payments = payments_that_paid(renewals)
    return [(renewal, payments.get(renewal.pk)) for renewal in renewals]


def paid(renewal: Renewal) -> Decimal:
    """Return what a renewal that was paid has cost."""
    return renewal.amount or ZERO


def ways(amounts: Iterable[tuple[CardPayment | None, Decimal]]) -> list[Way]:
    """Return where amounts go back to, each place once."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for payment, amount in amounts:
        sums[str(payment.card) if payment else ""] += amount
    return [Way(card, amount) for card, amount in sums.items()]


def where(found: Sequence[Way], currency: str = "") -> str:
    """Say in words where money goes; how much to each place, if there are several."""
    return _in_words(found, currency, card=_("the card %(card)s"), balance=_("the balance"))


def where_of_yours(found: Sequence[Way], currency: str) -> str:
    """Say it to the company whose card and balance they are."""
    return _in_words(found, currency, card=_("your card %(card)s"), balance=_("your balance"))


def _in_words(found: Sequence[Way], currency: str, *, card: str, balance: str) -> str:
    names = [card % {"card": way.card} if way.card else balance for way in found]
    if len(found) == 1:
        return names[0]
    said = _("%(where)s (%(amount)s)")
    each = [
        said % {"where": name, "amount": money_text(way.amount, currency).lstrip()}
        for name, way in zip(names, found, strict=True)
    ]
    return get_text_list(each, _("and"))


def as_changes(found: Iterable[Way]) -> dict[str, Any]:
    """Return where money goes as the record keeps it."""
    sums = {way.card: str(way.amount) for way in found}
    changes = {"to_balance": sums.pop("", None), "to_cards": sums}
    return {name: value for name, value in changes.items() if value}


def from_changes(changes: Mapping[str, Any]) -> list[Way]:
    """Return it from there."""
    to_cards = [Way(card, Decimal(amount)) for card, amount in changes.get("to_cards", {}).items()]
    to_balance = [Way("", Decimal(changes["to_balance"]))] if "to_balance" in changes else []
    return to_cards + to_balance
