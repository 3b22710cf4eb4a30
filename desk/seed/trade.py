"""Three years of trade: orders, licenses, customers and what became of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db.backends.utils import CursorWrapper

from activation.models import Customer
from billing.models import CardPayment
from desk.seed.basics import Basics, continue_ids, next_id
from desk.seed.booking import Booking, Numbers
from desk.seed.clock import Clock
from desk.seed.companies import Company
from desk.seed.copying import copy_rows
from desk.seed.customers import customers, pool_size
from desk.seed.deals import Drawing, deals
from desk.seed.plan import TABLES, CustomerRow, Market, Plan
from desk.seed.progress import Progress
from desk.seed.quantities import Quantities
from desk.seed.sizes import Sizes
from desk.seed.statements import statement
from licenses.models import License, Renewal
from orders.models import Order

REMEMBERED = timedelta(days=60)
REFUSED = "The mail server refused the mail: 550 5.1.1 Recipient address rejected: User unknown"
ORDERS_AT_ONCE, LICENSES_AT_ONCE = 25_000, 250_000


@dataclass
class Trade:
    """Lays everything that is counted in thousands; nothing of it is kept in memory."""

    sizes: Sizes
    now: datetime
    basics: Basics
    cursor: CursorWrapper
    progress: Progress
    parameters: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.parameters = {
            "seed": str(self.sizes.seed),
            "now": self.now,
            "remembered": self.now - REMEMBERED,
            "staff": self.basics.staff,
            "acme": self.basics.companies[0].reseller.pk,
            "refused": REFUSED,
            "first_order": next_id(Order),
            "first_license": next_id(License),
            "first_renewal": next_id(Renewal),
        }

    def lay(self) -> None:
        """Plan the orders here, then let the database make the rows, set by set."""
        self._plan()
        self.cursor.execute("ANALYZE seed_market, seed_plan, seed_customer")
        self.cursor.execute(statement("number_orders"), self.parameters)
        self.cursor.execute("CREATE UNIQUE INDEX ON seed_order (order_id)")
        self.cursor.execute("ANALYZE seed_order")
        self.cursor.execute(statement("prices"))
        self.cursor.execute("CREATE INDEX ON seed_price (order_id)")
        self.cursor.execute("ANALYZE seed_price")
        self._run("card_payments", "card payments")
        self._run("orders", "orders")
        self._batches("licenses", Order, ORDERS_AT_ONCE, "first_order")
        self.cursor.execute("ANALYZE licenses_license")
        self._run("customers", "customers")
        self._batches("periods", License, LICENSES_AT_ONCE, "first_license")
        self.cursor.execute("ANALYZE licenses_renewal, licenses_period")
        self._run("unpaid_renewals", "renewals that nothing paid")
        self._run("attempts", "tries at renewals")
        self._run("in_renewal", "licenses in renewal")
        self._run("activations", "activations")
        self._run("card_refunds", "refunds to cards")
        self._run("refunds", "parts of refunds")
        self._run("balance", "balance entries")
        self._run("accounts", "accounts")
        self._run("mails", "mails")
        self._run("sent_links", "links sent to customers")
        self._run("audit", "audit events")
        for model in (Order, CardPayment, License, Customer, Renewal):
            continue_ids(model)

    def _run(self, name: str, noun: str) -> None:
        self.cursor.execute(statement(name), self.parameters)
        self.progress(f"{self.cursor.rowcount:,} {noun}")

    def _batches(self, name: str, model: type[Order | License], size: int, first: str) -> None:
        """Run a statement over one stretch of ids after the other."""
        above, last, rows = self.parameters[first] - 1, next_id(model) - 1, 0
        while above < last:
            bounds = {"above": above, "upto": min(above + size, last)}
            self.cursor.execute(statement(name), {**self.parameters, **bounds})
            above, rows = bounds["upto"], rows + self.cursor.rowcount
            self.progress(f"{rows:,} {name}")

    def _plan(self) -> None:
        self.cursor.execute(TABLES)
        markets = list(self._markets())
        copy_rows(self.cursor, "seed_market", Market._fields, markets)
        copy_rows(self.cursor, "seed_customer", CustomerRow._fields, self._customers(markets))
        copy_rows(self.cursor, "seed_plan", Plan._fields, self._plans(markets))
        self.progress(f"{self.cursor.rowcount:,} orders planned")

    def _markets(self) -> Iterator[Market]:
        first_customer = next_id(Customer)
        for company, orders in self._shares():
            reseller, size = company.reseller, pool_size(orders)
            today = Clock(self.now, reseller.zone).today
            currency, zone = reseller.currency, reseller.time_zone
            rate = reseller.tax_rate
            yield Market(reseller.pk, currency, zone, rate, today, first_customer, size)
            first_customer += size

    def _shares(self) -> Iterator[tuple[Company, int]]:
        return zip(self.basics.companies, self.sizes.shared_out(), strict=True)

    def _plans(self, markets: list[Market]) -> Iterator[Plan]:
        start = Random(f"{self.sizes.seed}:numbers").randrange(9 * 10**9)
        numbers, quantities = Numbers(start), Quantities(self.sizes.mean)
        for at, (company, orders) in enumerate(self._shares()):
            random = Random(f"{self.sizes.seed}:orders:{at}")
            booking = Booking(
                company=company,
                clock=Clock(self.now, company.reseller.zone),
                prices=self.basics.prices,
                numbers=numbers,
                first_product=self.basics.first_product,
                customers=markets[at].customers,
                random=random,
            )
            agreed = deals(
                orders=orders,
                staged=at < 2,
                big=0 if at else self.sizes.big_order,
                today=min(6, orders // 30),
                drawing=Drawing(random, quantities),
            )
            yield from map(booking.plan, agreed)

    def _customers(self, markets: list[Market]) -> Iterator[CustomerRow]:
        for at, market in enumerate(markets):
            yield from customers(
                first_id=market.first_customer,
                reseller_id=market.reseller_id,
                size=market.customers,
                random=Random(f"{self.sizes.seed}:customers:{at}"),
            )
