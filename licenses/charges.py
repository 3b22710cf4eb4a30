"""What the next period of a license costs: when it is charged, how much, from what."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalog.models import Price
from licenses.calendar import period_days
from licenses.models import License, RenewalState
from licenses.renewing.schedule import first_attempt_on


@dataclass(frozen=True)
class NextCharge:
    """The next try at the next period; `amount` is None where the catalog has no price.

    `is_first` says that it was not tried before.
    """

    number: int
    on: date
    is_first: bool
    starts_on: date
    ends_on: date
    amount: Decimal | None
    currency: str


def next_charge(license: License, today: date) -> NextCharge:
    """Return what an activated license would cost next, at the prices of the reseller's `today`.

    The first try is 7 days before To, and on the same day where that has passed; one that was tried
    says itself when it is tried again. The price is the catalog's for product, term, currency and
    the tier of the order's quantity: what the engine charges, as a test holds.
    """
    order = license.order
    if license.anchor_on is None or license.ends_on is None:
        raise ValueError("only an activated license is renewed")
    number = license.periods.count()
    starts_on, ends_on = period_days(license.anchor_on, order.term_months, number)
    again = _next_try(license, today)
    return NextCharge(
        number=number,
        on=again or max(first_attempt_on(license.ends_on), today),
        is_first=again is None,
        starts_on=starts_on,
        ends_on=ends_on,
        amount=_price(license, today),
        currency=order.currency,
    )


def _price(license: License, today: date) -> Decimal | None:
    order = license.order
    if order.currency != license.reseller.currency:
        return None
    price = Price.objects.today(
        license.product, order.term_months, order.currency, order.quantity, today
    )
    return price.amount if price else None


def _next_try(license: License, today: date) -> date | None:
    if not license.in_renewal:
        return None
    waiting = license.renewals.filter(state=RenewalState.WAITING)
    day = waiting.values_list("next_attempt_on", flat=True).first()
    return None if day is None else max(day, today)
