"""The cards that pay what the balance does not; the test gateway knows their tokens."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

from billing.models import Account, Card
from desk.seed.companies import Company

LASTING, ENDING = ("visa", "4242", 4), ("mastercard", "4444", 1)


def lay_cards(companies: Sequence[Company], now: datetime, *, first_id: int) -> None:
    """Save a default card of each company, and a second one of the first; ids count on."""
    for company in companies:
        customer = f"cus_sample_{_who(company)}"
        Account.objects.filter(reseller=company.reseller).update(gateway_customer=customer)
    cards = list(_cards(companies, now))
    for number, card in enumerate(cards, start=first_id):
        card.pk, card.uuid = number, UUID(hashlib.sha256(card.token.encode()).hexdigest()[:32])
    Card.objects.bulk_create(cards)


def _cards(companies: Sequence[Company], now: datetime) -> Iterator[Card]:
    for company in companies:
        yield _card(company, *LASTING, now, is_default=True)
    yield _card(companies[0], *ENDING, now, is_default=False)


def _card(
    company: Company, brand: str, last4: str, years: int, now: datetime, *, is_default: bool
) -> Card:
    expires_on = date(now.year + years, 12, 31)
    return Card(
        reseller=company.reseller,
        token=f"pm_sample_{last4}_12{expires_on.year}_{_who(company)}",
        brand=brand,
        last4=last4,
        expires_on=expires_on,
        is_default=is_default,
        added_by=company.people[0],
        added_at=company.reseller.created_at,
    )


def _who(company: Company) -> str:
    return company.people[0].email.rpartition("@")[2].removesuffix(".example")
