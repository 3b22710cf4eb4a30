"""Licenses that are to be renewed, and what became of them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from catalog.models import Product
from desk.verify.registry import check_all
from licenses.models import License, Period, Renewal, RenewalAttempt
from licenses.renewing.engine import Tally, renew_reseller
from resellers.models import Reseller
from tests.factories import CustomerFactory, PriceFactory, ProductFactory, make_active, make_order

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
BEFORE_THE_ACCOUNT = datetime(2020, 1, 1, tzinfo=UTC)  # bought with other money


def product(
    amount: str = "10.00", *, term: int = 12, currency: str = "EUR", **fields: Any
) -> Product:
    """Return a product with a price for one term; without an amount there is no price."""
    made = ProductFactory.create(**fields)
    if amount:
        PriceFactory.create(
            product=made, term_months=term, currency=currency, amount=Decimal(amount)
        )
    return made


def make_due(
    reseller: Reseller,
    *days: int,
    amount: str = "10.00",
    term: int = 12,
    recurrent: bool = True,
    of: Product | None = None,
) -> list[License]:
    """Return licenses of one order, each with its To so many days from TODAY."""
    sold = of or product(amount, term=term, currency=reseller.currency)
    order = make_order(
        reseller,
        quantity=len(days),
        product=sold,
        term_months=term,
        recurrent=recurrent,
        placed_at=BEFORE_THE_ACCOUNT,
    )
    customer = CustomerFactory.create(reseller=reseller)
    return [
        make_active(license, customer=customer, ends_on=TODAY + timedelta(days=away))
        for license, away in zip(order.licenses.order_by("pk"), days, strict=True)
    ]


def make_anchored(reseller: Reseller, anchor: date, *, term: int = 1, **fields: Any) -> License:
    """Return a license that renews, activated on a day."""
    sold = product(term=term, currency=reseller.currency, **fields)
    order = make_order(
        reseller,
        quantity=1,
        product=sold,
        term_months=term,
        recurrent=True,
        placed_at=BEFORE_THE_ACCOUNT,
    )
    return make_active(
        order.licenses.get(), activated_at=reseller.day_begins(anchor) + timedelta(hours=12)
    )


def renew(reseller: Reseller, as_of: date = TODAY, now: datetime = NOW) -> Tally:
    """Do one pass."""
    return renew_reseller(reseller, as_of, now=now)


def ends(licenses: list[License]) -> list[date | None]:
    """Return the To of each license, as it is now."""
    now = {license.pk: license.ends_on for license in License.objects.all()}
    return [now[license.pk] for license in licenses]


def states(licenses: list[License]) -> list[str]:
    """Return the state of each license's newest renewal; empty without one."""
    newest = {each.license_id: each.state for each in Renewal.objects.order_by("number")}
    return [newest.get(license.pk, "") for license in licenses]


def outcomes(license: License) -> list[tuple[date, str]]:
    """Return the day and outcome of every try at a license, in their order."""
    tries = RenewalAttempt.objects.filter(renewal__license=license).order_by("pk")
    return list(tries.values_list("on", "outcome"))


def period_days_of(license: License) -> list[tuple[date, date]]:
    """Return From and To of every period, in their order."""
    periods = Period.objects.filter(license=license).order_by("number")
    return list(periods.values_list("starts_on", "ends_on"))


def broken() -> list[str]:
    """Return the names of the invariants that are broken."""
    return [result.name for result in check_all() if result.rows]
