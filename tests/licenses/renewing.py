"""A company whose licenses renew: what the tests of upcoming renewals begin with."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from catalog.models import Product
from licenses.models import (
    AttemptOutcome,
    License,
    Renewal,
    RenewalAttempt,
    RenewalState,
    Source,
)
from resellers.models import Reseller
from tests.factories import CustomerFactory, PriceFactory, ProductFactory, make_active, make_order


def today_of(reseller: Reseller) -> date:
    """Return the reseller's calendar day."""
    return reseller.day_of(timezone.now())


def make_guard() -> Product:
    """Return Guard: 120.00 a year, 100.00 from ten on; 10.00 a month."""
    guard = ProductFactory.create(name="Guard", slug="guard")
    PriceFactory.create(product=guard)
    PriceFactory.create(product=guard, minimum_quantity=10, amount=Decimal("100.00"))
    PriceFactory.create(product=guard, term_months=1, amount=Decimal("10.00"))
    return guard


def make_renewing(
    reseller: Reseller,
    product: Product,
    days: int,
    *,
    recurrent: bool = True,
    company: str = "Customer",
    **order: Any,
) -> License:
    """Return a license in use whose To is in so many days from today on."""
    license = make_order(
        reseller, product=product, recurrent=recurrent, **{"quantity": 1, **order}
    ).licenses.all()[0]
    customer = CustomerFactory.create(reseller=reseller, company=company)
    ends_on = today_of(reseller) + timedelta(days=days)
    return make_active(license, customer=customer, ends_on=ends_on)


def make_tried(license: License, outcome: AttemptOutcome, reason: str = "Why not") -> Renewal:
    """Let the next period of a license have been tried today, to be tried again tomorrow."""
    today = today_of(license.reseller)
    waits = outcome != AttemptOutcome.UNKNOWN
    renewal = Renewal.objects.create(
        reseller=license.reseller,
        license=license,
        number=1,
        state=RenewalState.WAITING if waits else RenewalState.CHECKING,
        next_attempt_on=today + timedelta(days=1) if waits else None,
    )
    license.in_renewal = True
    license.save(update_fields=["in_renewal"])
    RenewalAttempt.objects.create(
        reseller=license.reseller,
        renewal=renewal,
        on=today,
        source=Source.BALANCE if waits else Source.CARD,
        outcome=outcome,
        reason=reason,
    )
    return renewal
