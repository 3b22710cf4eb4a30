"""Today's prices as an expression over licenses: one CASE instead of a look-up a license."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Case, DecimalField, Value, When
from django.db.models.functions import Cast

from catalog.models import Price

AMOUNT: "DecimalField[Decimal, Decimal]" = DecimalField(max_digits=12, decimal_places=2)
NO_PRICE = Value(None, output_field=AMOUNT)  # where nobody reads it: the other takes long to build
Tiers = dict[int, Decimal]


def todays_price(currency: str, today: date) -> Cast:
    """Return what one more term of a license costs on a day, NULL where there is no price.

    Equal to `Price.objects.today` for product, term and quantity of the license's order, in one
    currency. One query.
    """
    found: dict[int, dict[int, Tiers]] = {}
    for price in Price.objects.in_force(currency, today):
        terms = found.setdefault(price.product_id, {})
        terms.setdefault(price.term_months, {})[price.minimum_quantity] = price.amount
    prices = _first(
        When(product=product, then=_of_terms(terms)) for product, terms in found.items()
    )
    own = _first([When(order__currency=currency, then=prices)])
    return Cast(own, AMOUNT)  # where there is no price at all, NULL needs a type


def _of_terms(terms: dict[int, Tiers]) -> Case:
    return _first(
        When(order__term_months=months, then=_of_tiers(tiers)) for months, tiers in terms.items()
    )


def _of_tiers(tiers: Tiers) -> Case:
    highest_first = sorted(tiers.items(), reverse=True)
    return _first(
        When(order__quantity__gte=quantity, then=Value(amount, output_field=AMOUNT))
        for quantity, amount in highest_first
    )


def _first(cases: Iterable[When]) -> Case:
    return Case(*cases, default=Value(None), output_field=AMOUNT)
