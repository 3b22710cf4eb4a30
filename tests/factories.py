"""Factories that build a consistent world: every row belongs to one reseller."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import factory
from django.db import transaction
from django.utils import timezone

from activation.models import Activation, Customer
from billing.models import Account, BalanceEntry, EntryKind
from billing.steps import lock_account, post_entry
from catalog.models import Price, Product
from licenses.calendar import period_days
from licenses.models import License, Period
from orders.models import Order, OrderState, PaymentType
from reseller_portal.money import to_cents
from resellers.models import DistributionCompany, Reseller, User
from resellers.roles import Role

PASSWORD = "reseller-demo"


class ResellerFactory(factory.django.DjangoModelFactory[Reseller]):
    """A company in Berlin that pays in euros."""

    class Meta:
        model = Reseller
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Reseller {n}")
    currency = "EUR"
    time_zone = "Europe/Berlin"
    account = factory.RelatedFactory("tests.factories.AccountFactory", "reseller")


class AccountFactory(factory.django.DjangoModelFactory[Account]):
    """An account without money."""

    class Meta:
        model = Account

    reseller = factory.SubFactory(ResellerFactory, account=None)


class UserFactory(factory.django.DjangoModelFactory[User]):
    """An agent who can sign in."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"Person {n}")
    reseller = factory.SubFactory(ResellerFactory)
    role = Role.AGENT

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(password=PASSWORD, **kwargs)


class DistributionCompanyFactory(factory.django.DjangoModelFactory[DistributionCompany]):
    """A partner organization."""

    class Meta:
        model = DistributionCompany

    reseller = factory.SubFactory(ResellerFactory)
    name = factory.Sequence(lambda n: f"Distributor {n}")


class ProductFactory(factory.django.DjangoModelFactory[Product]):
    """A product with 14 days of grace."""

    class Meta:
        model = Product

    slug = factory.Sequence(lambda n: f"product-{n}")
    name = factory.Sequence(lambda n: f"Product {n}")
    family = "Endpoint"
    terms_text = "Be kind to the software."
    terms_version = "2026-01"


class PriceFactory(factory.django.DjangoModelFactory[Price]):
    """120.00 EUR for twelve months, from 2020 on."""

    class Meta:
        model = Price

    product = factory.SubFactory(ProductFactory)
    term_months = 12
    currency = "EUR"
    minimum_quantity = 1
    amount = Decimal("120.00")
    valid_from = date(2020, 1, 1)


class CustomerFactory(factory.django.DjangoModelFactory[Customer]):
    """An organization that activated with the reseller."""

    class Meta:
        model = Customer

    reseller = factory.SubFactory(ResellerFactory)
    email = factory.Sequence(lambda n: f"customer{n}@customer.example")
    company = factory.Sequence(lambda n: f"Customer {n}")
    name = "Maria Muster"
    country = "DE"


class OrderFactory(factory.django.DjangoModelFactory[Order]):
    """A processed order without its licenses: use `make_order` for a whole one."""

    class Meta:
        model = Order

    reseller = factory.SubFactory(ResellerFactory)
    user = factory.SubFactory(UserFactory, reseller=factory.SelfAttribute("..reseller"))
    product = factory.SubFactory(ProductFactory)
    term_months = 12
    quantity = 1
    available = factory.SelfAttribute("quantity")
    unit_amount = Decimal("120.00")
    amount = factory.LazyAttribute(lambda order: to_cents(order.unit_amount * order.quantity))
    currency = factory.SelfAttribute("reseller.currency")
    payment_type = PaymentType.BALANCE
    state = OrderState.PROCESSED
    placed_at = factory.LazyFunction(timezone.now)


class LicenseFactory(factory.django.DjangoModelFactory[License]):
    """An available license of an order."""

    class Meta:
        model = License

    order = factory.SubFactory(OrderFactory)
    reseller = factory.SelfAttribute("order.reseller")
    product = factory.SelfAttribute("order.product")


def make_order(reseller: Reseller, *, quantity: int = 3, **fields: Any) -> Order:
    """Return a processed order with all of its licenses available."""
    if "user" not in fields:
        fields["user"] = reseller.users.first() or UserFactory.create(reseller=reseller)
    recurrent = fields.pop("recurrent", False)
    order = OrderFactory.create(reseller=reseller, quantity=quantity, **fields)
    if order.has_licenses:
        LicenseFactory.create_batch(quantity, order=order, recurrent=recurrent)
    return order


def make_active(
    license: License,
    *,
    customer: Customer | None = None,
    activated_at: datetime | None = None,
    ends_on: date | None = None,
) -> License:
    """Activate a license as the customer would have; `ends_on` puts To on a day of your choice."""
    reseller, term = license.reseller, license.order.term_months
    at = activated_at or timezone.now()
    anchor, last = period_days(reseller.day_of(at), term, 0)
    if ends_on is not None:
        anchor, last = ends_on - (last - anchor), ends_on
        at = reseller.day_begins(anchor) + timedelta(hours=12)
    license.customer = customer or CustomerFactory.create(reseller=reseller)
    license.activated_at, license.anchor_on, license.ends_on = at, anchor, last
    license.save()
    Period.objects.create(
        reseller=reseller, license=license, number=0, starts_on=anchor, ends_on=last
    )
    Activation.objects.create(
        reseller=reseller,
        license=license,
        customer=license.customer,
        terms_version=license.product.terms_version,
        at=at,
    )
    license.order.available -= 1
    license.order.save(update_fields=["available"])
    return license


def make_cancelled(license: License) -> License:
    """Cancel a license, available or active, as a refund would."""
    license.cancelled_at, license.recurrent = timezone.now(), False
    license.save()
    license.order.available -= license.activated_at is None
    license.order.state = OrderState.REFUNDED
    license.order.save(update_fields=["available", "state"])
    return license


def make_entry(
    reseller: Reseller,
    amount: str | Decimal = "1000.00",
    kind: EntryKind = EntryKind.DEPOSIT,
    *,
    reference: str = "Wire 1",
    key: str = "",
    actor: User | None = None,
    at: datetime | None = None,
) -> BalanceEntry:
    """Move a reseller's money as the portal does: a deposit, unless asked otherwise."""
    with transaction.atomic():
        return post_entry(
            lock_account(reseller, parked_too=True),
            kind,
            Decimal(amount),
            key=key or f"test/{uuid4()}",
            reference=reference,
            actor=actor,
            at=at or timezone.now(),
        )
