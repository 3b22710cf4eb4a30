"""Prices as a price list shows them: a line for each product and term, a column for each tier."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from catalog.models import Price, Product
from catalog.terms import term_in_words


@dataclass(frozen=True)
class Line:
    """One product for one term; `cells` are each tier of the list with its amount, or None."""

    product: Product
    term_months: int
    cells: list[tuple[int, Decimal | None]]

    @property
    def term(self) -> str:
        """Return the term in words."""
        return term_in_words(self.term_months)


@dataclass(frozen=True)
class PriceList:
    """The lines, and the quantities from which their columns hold."""

    tiers: list[int]
    lines: list[Line]


def price_list(prices: Iterable[Price]) -> PriceList:
    """Return the list of prices that come sorted by product and term, their products loaded."""
    found: dict[tuple[Product, int], dict[int, Decimal]] = {}
    for price in prices:
        of_line = found.setdefault((price.product, price.term_months), {})
        of_line[price.minimum_quantity] = price.amount
    tiers = sorted({tier for amounts in found.values() for tier in amounts})
    lines = [
        Line(product, term, [(tier, amounts.get(tier)) for tier in tiers])
        for (product, term), amounts in found.items()
    ]
    return PriceList(tiers, lines)
