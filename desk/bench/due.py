"""Licenses that are due for renewal, at companies of their own that can pay."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from django.db import connection, transaction

from activation.models import Customer
from billing.actions import adjust_balance
from billing.steps import open_account
from desk.bench.ground import acme, alice, moment, newest_with_licenses, staff
from desk.bench.statements import statement
from orders.models import Order, OrderState, PaymentType
from reseller_portal.money import to_cents
from resellers.models import Reseller, User

COMPANIES = 8
A_YEAR = 12
MONEY = Decimal(100_000_000)
LONG_AGO = timedelta(days=500)


@dataclass(frozen=True)
class Due:
    """What is due: whose, and how many licenses."""

    resellers: list[Reseller]
    licenses: int


def lay_due(name: str, licenses: int) -> Due:
    """Make licenses that are due today, shared out among a few companies; about as many as asked.

    Raises ValueError for fewer than one a company.
    """
    each = licenses // COMPANIES
    if not each:
        raise ValueError(f"give at least {COMPANIES} licenses")
    run = uuid4().hex[:8]  # a kept database holds the companies of earlier runs
    resellers = [_company(f"{name} {at} {run}") for at in range(COMPANIES)]
    for reseller in resellers:
        Order.objects.bulk_create(_orders(reseller, each))
        adjust_balance(
            reseller.pk, MONEY, "Speed is measured.", key=uuid4(), actor=staff(), now=moment()
        )
    values = {"resellers": [reseller.pk for reseller in resellers]}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement("due"), {**values, "today": acme().day_of(moment())})
        laid = cursor.rowcount
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return Due(resellers, laid)


def _company(name: str) -> Reseller:
    like = acme()
    reseller = Reseller.objects.create(
        name=name, currency=like.currency, time_zone=like.time_zone, created_at=moment() - LONG_AGO
    )
    open_account(reseller)
    address = f"{name.replace(' ', '-').lower()}@bench.example"
    User.objects.create_user(address, name=name, reseller=reseller, role=alice().role)
    Customer.objects.create(reseller=reseller, email=address, company=name, name=name, country="DE")
    return reseller


def _orders(reseller: Reseller, licenses: int) -> Iterator[Order]:
    """Orders of a year's licenses, at most 500 each, all of them in use."""
    like, buyer = newest_with_licenses(acme()), reseller.users.get()
    while licenses > 0:
        quantity = min(licenses, 500)
        licenses -= quantity
        yield Order(
            reseller=reseller,
            user=buyer,
            product=like.product,
            term_months=A_YEAR,
            quantity=quantity,
            available=0,
            unit_amount=like.unit_amount,
            amount=to_cents(like.unit_amount * quantity),
            currency=reseller.currency,
            payment_type=PaymentType.BALANCE,
            state=OrderState.PROCESSED,
            placed_at=moment() - LONG_AGO,
        )
