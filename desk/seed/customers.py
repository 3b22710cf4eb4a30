"""Organizations that activated."""

from collections.abc import Iterator
from random import Random

from desk.seed import words
from desk.seed.plan import CustomerRow
from desk.seed.words import Country

FEWEST, ORDERS_PER_CUSTOMER = 8, 3


def pool_size(orders: int) -> int:
    """Return how many customers a reseller with so many orders may have."""
    return max(FEWEST, orders // ORDERS_PER_CUSTOMER)


def customers(
    *, first_id: int, reseller_id: int, size: int, random: Random
) -> Iterator[CustomerRow]:
    """Yield a reseller's customers, each with an e-mail of its own.

    The first has the same address with every reseller: they are different customers.
    """
    shared = ("office@everywhere.example", "Everywhere, Inc.", "Pat Lee", "US")
    yield CustomerRow(first_id, reseller_id, *shared)
    for at in range(1, size):
        country = random.choice(words.COUNTRIES)
        company, person = _company(country, random), _person(country, random)
        domain = words.in_ascii(company, between="-") or country.code.lower()
        mailbox = random.choice((*_MAILBOXES, words.in_ascii(person, between=".") or "it"))
        email = f"{mailbox}@{domain}-{at}.example"
        yield CustomerRow(first_id + at, reseller_id, email, company, person, country.code)


_MAILBOXES = ("info", "office", "admin", "o'hara+licenses")


def _company(country: Country, random: Random) -> str:
    form = random.choice(country.forms)
    return form % tuple(random.sample(country.words, form.count("%s")))


def _person(country: Country, random: Random) -> str:
    if country.people:
        return random.choice(country.people)
    return f"{random.choice(words.FIRST_NAMES)} {random.choice(words.LAST_NAMES)}"
