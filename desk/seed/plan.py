"""The plan: everything that is decided before the database makes the rows."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple


class Market(NamedTuple):
    """One row of `seed_market`: what all planned orders of a reseller share.

    `today` is the day in `zone`; its customers are numbered on from `first_customer`.
    """

    reseller_id: int
    currency: str
    zone: str
    tax_rate: Decimal | int
    today: date
    first_customer: int
    customers: int


class Plan(NamedTuple):
    """One row of `seed_plan`, from which an order, its licenses and their history follow.

    `sold` licenses were activated (`cancelled_sold` of them cancelled later), from one day to
    `delay_days` after the order; `cancelled_unsold` of the others were cancelled. Of those sold,
    the part `kept` was renewed until today, and `failing` of the rest stayed recurrent although it
    ended. `switched` is the part whose billing state was changed. `newest` puts an order after
    those of the same moment. `customer_draw` picks the customer who activated first.
    """

    reseller_id: int
    number: str
    user_id: int
    product_id: int
    term_months: int
    quantity: int
    sold: int
    cancelled_sold: int
    cancelled_unsold: int
    unit_amount: Decimal
    payment_type: str
    state: str
    distribution_company_id: int | None
    reference: str
    placed_at: datetime
    recurrent: bool
    delay_days: int
    kept: float
    failing: float
    switched: float
    newest: bool
    customer_draw: int


class CustomerRow(NamedTuple):
    """One row of `seed_customer`; a customer exists from its first activation on."""

    id: int
    reseller_id: int
    email: str
    company: str
    name: str
    country: str


TABLES = """
CREATE TEMPORARY TABLE seed_market (
    reseller_id bigint, currency text, zone text, tax_rate numeric(5, 2), today date,
    first_customer bigint, customers int
) ON COMMIT DROP;
CREATE TEMPORARY TABLE seed_plan (
    reseller_id bigint, number text, user_id bigint, product_id bigint, term_months int,
    quantity int, sold int, cancelled_sold int, cancelled_unsold int, unit_amount numeric(12, 2),
    payment_type text, state text, distribution_company_id bigint, reference text,
    placed_at timestamptz, recurrent boolean, delay_days int, kept float, failing float,
    switched float, newest boolean, customer_draw bigint
) ON COMMIT DROP;
CREATE TEMPORARY TABLE seed_customer (
    id bigint, reseller_id bigint, email text, company text, name text, country text
) ON COMMIT DROP;
"""
