"""What is there before the first order: catalog, companies, people."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.models import Max, Model

from billing.models import Account, Card, VendorDetails
from catalog.models import Price, Product
from desk.seed.cards import lay_cards
from desk.seed.clock import YEARS
from desk.seed.companies import PASSWORD, Company, Founding, places
from desk.seed.products import PriceList, products
from desk.seed.sizes import Sizes
from resellers.models import DistributionCompany, Reseller, User


@dataclass(frozen=True)
class Basics:
    """What orders refer to, saved."""

    companies: list[Company]
    prices: PriceList
    first_product: int
    staff: int


def next_id(model: type[Model]) -> int:
    """Return the id that follows the largest of a table, 1 in an empty one."""
    largest = model._default_manager.aggregate(largest=Max("pk"))["largest"]
    return int(largest or 0) + 1


def lay_basics(sizes: Sizes, now: datetime) -> Basics:
    """Save the catalog and the companies, and return them."""
    began = now - timedelta(days=YEARS * 365 + 40)
    founding = Founding(
        seed=sizes.seed,
        began=began,
        reseller_id=next_id(Reseller),
        user_id=next_id(User),
        distributor_id=next_id(DistributionCompany),
        password=make_password(PASSWORD, salt=f"sample-data-{sizes.seed}"),
    )
    companies = [founding.company(place) for place in places(sizes.resellers)]
    first_product = next_id(Product)
    lines = products(first_product)
    currencies = tuple(dict.fromkeys(company.reseller.currency for company in companies))
    prices = PriceList(now.date(), currencies)
    Reseller.objects.bulk_create(company.reseller for company in companies)
    Account.objects.bulk_create(
        Account(id=number, reseller=company.reseller)
        for number, company in enumerate(companies, start=next_id(Account))
    )
    staff = founding.staff()
    VendorDetails.objects.get_or_create(
        name="Rampart Software Ltd",
        address="2 Customs House Quay\nCork T12 A000\nIreland",
        tax_number="IE 9999999ZZ",
        bank_details="Rampart Software Ltd, Sample Bank\nIBAN IE00 SAMP 0000 0000 0000 00",
    )
    _save_people([*(p for company in companies for p in company.people), staff])
    lay_cards(companies, now, first_id=next_id(Card))
    DistributionCompany.objects.bulk_create(d for c in companies for d in c.distributors)
    Product.objects.bulk_create(lines)
    Price.objects.bulk_create(prices.prices(lines))
    for model in (Reseller, Account, Card, User, DistributionCompany, Product):
        continue_ids(model)
    return Basics(companies, prices, first_product, staff.pk)


def continue_ids(model: type[Model]) -> None:
    """Let the table's next own id follow those that were given here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)",
            [model._meta.db_table, next_id(model) - 1],
        )


def _save_people(people: list[User]) -> None:
    User.objects.bulk_create(people)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=person.email, verified=True, primary=True)
        for person in people
    )
