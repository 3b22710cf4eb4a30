"""The vendor's catalog: twelve products and what they cost."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from typing import NamedTuple

from catalog.models import Price, Product
from licenses.calendar import months_after
from reseller_portal.money import to_cents

TERMS = {1: Decimal(1), 12: Decimal(10), 24: Decimal(19), 36: Decimal(27)}
TIERS = {1: Decimal(1), 10: Decimal("0.94"), 50: Decimal("0.86"), 250: Decimal("0.78")}
RATES = {
    "EUR": Decimal(1),
    "USD": Decimal("1.08"),
    "GBP": Decimal("0.87"),
    "CHF": Decimal("0.95"),
    "CAD": Decimal("1.49"),
    "AUD": Decimal("1.66"),
    "PLN": Decimal("4.27"),
}
NEWER_MONTHS_AGO, OLDER_MONTHS_AGO, RISE = 8, 48, Decimal("1.06")


class Line(NamedTuple):
    """One product; `monthly` is its price in euros when it came out."""

    slug: str
    name: str
    family: str
    monthly: str
    grace_days: int
    long_terms: bool


LINES = (
    Line("rampart-endpoint-basic", "Rampart Endpoint Basic", "Endpoint", "2.45", 14, True),
    Line("rampart-endpoint-advanced", "Rampart Endpoint Advanced", "Endpoint", "3.90", 14, True),
    Line("rampart-endpoint-response", "Rampart Endpoint Response", "Endpoint", "6.75", 14, True),
    Line("rampart-server-guard", "Rampart Server Guard", "Servers", "11.90", 14, True),
    Line("rampart-container-guard", "Rampart Container Guard", "Servers", "14.50", 14, False),
    Line("mailwarden-standard", "Mailwarden Standard", "E-mail", "1.85", 14, True),
    Line("mailwarden-archive", "Mailwarden Archive & Search", "E-mail", "3.20", 30, True),
    Line("gatehouse-dns-filter", "Gatehouse DNS Filter", "Network", "1.20", 14, False),
    Line("gatehouse-web-gateway", "Gatehouse Web Gateway", "Network", "4.60", 14, True),
    Line("keyring-for-teams", "Keyring for Teams", "Identity", "2.95", 7, False),
    Line("coldstore-backup", "Coldstore Backup, Workstations", "Backup", "4.15", 30, True),
    Line("pocketguard-mobile", "Pocketguard “Mobile”", "Mobile", "1.60", 0, False),
)

TERMS_TEXT = """\
1. {name} may be used on as many devices or mailboxes as licenses were activated, from the day of \
activation until the last day shown for the license.
2. You may make backup copies. You may not rent the software out, take it apart, or remove notices \
from it, except where the law of your country gives you that right.
3. The software sends technical data about threats to the vendor. It never sends the contents of \
documents or messages. The data processing agreement is part of these terms.
4. Updates and support by e-mail are included while the license is active.
5. A license ends with its last day unless it is renewed. Your data stays yours.
6. The vendor is liable for intent and gross negligence, and otherwise for foreseeable damage up \
to the price paid for the last twelve months."""


def products(first_id: int) -> list[Product]:
    """Return the products with their terms, not saved, numbered from `first_id`."""
    return [
        Product(
            id=first_id + at,
            slug=line.slug,
            name=line.name,
            family=line.family,
            grace_days=line.grace_days,
            terms_text=TERMS_TEXT.format(name=line.name),
            terms_version=f"2025-{1 + at % 3:02}",
        )
        for at, line in enumerate(LINES)
    ]


@dataclass(frozen=True)
class PriceList:
    """What every product costs: two generations of prices in each of `currencies`."""

    today: date
    currencies: tuple[str, ...]

    @cached_property
    def generations(self) -> tuple[tuple[date, Decimal], ...]:
        """Return from when on which factor holds, the older first; each on a first of a month."""
        begins = self.today.replace(day=1)
        return (
            (months_after(begins, -OLDER_MONTHS_AGO), Decimal(1)),
            (months_after(begins, -NEWER_MONTHS_AGO), RISE),
        )

    def unit_amount(
        self, line: Line, term: int, currency: str, quantity: int, day: date
    ) -> Decimal:
        """Return what one license of an order cost on a day."""
        (_, older), (begins, newer) = self.generations
        tiers = list(TIERS)
        tier = tiers[bisect_right(tiers, quantity) - 1]
        return amount(line, term, currency, tier, newer if day >= begins else older)

    def prices(self, products: Iterable[Product]) -> Iterator[Price]:
        """Yield every price, not saved."""
        for product, line in zip(products, LINES, strict=True):
            for term in terms(line):
                yield from self._tiers(product, line, term)

    def _tiers(self, product: Product, line: Line, term: int) -> Iterator[Price]:
        for currency in self.currencies:
            for tier in TIERS:
                for valid_from, factor in self.generations:
                    yield Price(
                        product=product,
                        term_months=term,
                        currency=currency,
                        minimum_quantity=tier,
                        amount=amount(line, term, currency, tier, factor),
                        valid_from=valid_from,
                    )


@cache
def amount(line: Line, term: int, currency: str, tier: int, factor: Decimal) -> Decimal:
    """Return the price per license, for a tier's minimum quantity and a generation's factor."""
    euros = Decimal(line.monthly) * TERMS[term] * TIERS[tier] * factor
    return to_cents(euros * RATES[currency])


def terms(line: Line) -> list[int]:
    """Return the terms in months in which a product is sold."""
    return list(TERMS) if line.long_terms else [1, 12]
