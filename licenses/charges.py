"""What auto-renew will charge: when, how much, for which period."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalog.models import Price
from licenses.calendar import period_days
from licenses.models import License
from licenses.renewing.schedule import first_attempt_on


@dataclass(frozen=True)
class NextCharge:
    """The first attempt at the next period; `amount` is None where the catalog has no price."""

    on: date
    starts_on: date
    ends_on: date
    amount: Decimal | None
    currency: str


def next_charge(license: License, today: date) -> NextCharge:
    """Return what an activated license would cost next, at the prices of the reseller's `today`.

    The first attempt is 7 days before To, and on the same day where that has passed. The price is
    the catalog's for product, term, currency and the tier of the order's quantity.
    """
    order = license.order
    if license.anchor_on is None or license.ends_on is None:
        raise ValueError("only an activated license is renewed")
    starts_on, ends_on = period_days(license.anchor_on, order.term_months, license.periods.count())
    price = Price.objects.today(
        license.product, order.term_months, order.currency, order.quantity, today
    )
    return NextCharge(
        on=max(first_attempt_on(license.ends_on), today),
        starts_on=starts_on,
        ends_on=ends_on,
        amount=price.amount if price else None,
        currency=order.currency,
    )
