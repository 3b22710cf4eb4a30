"""From a deal to a planned order: who bought it, when, for how much."""

from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from desk.seed.clock import Clock
from desk.seed.companies import Company
from desk.seed.deals import Deal
from desk.seed.plan import Plan
from desk.seed.products import LINES, PriceList
from desk.seed.words import REFERENCES
from resellers.models import User

NUMBERS, STRIDE = 9 * 10**9, 6_364_136_223_846_793_007  # no common factor: no number comes twice
LEFT_DAYS_AGO = 250


@dataclass
class Numbers:
    """Order numbers: ten digits, each once, in no visible sequence."""

    start: int
    given: int = 0

    def next(self) -> str:
        """Return the next number."""
        self.given += 1
        return str(10**9 + (self.start + self.given * STRIDE) % NUMBERS)


@dataclass
class Booking:
    """Books the deals of one company. Ids of products count on from `first_product`."""

    company: Company
    clock: Clock
    prices: PriceList
    numbers: Numbers
    first_product: int
    customers: int
    random: Random

    def plan(self, deal: Deal) -> Plan:
        """Return what the temporary table holds of one order."""
        placed_at = self._moment(deal)
        placed_on = placed_at.date()
        reseller, line = self.company.reseller, LINES[deal.product]
        return Plan(
            reseller_id=reseller.pk,
            number=self.numbers.next(),
            user_id=self._buyer(deal).pk,
            product_id=self.first_product + deal.product,
            term_months=deal.term,
            quantity=deal.quantity,
            sold=deal.sold,
            cancelled_sold=deal.cancelled_sold,
            cancelled_unsold=deal.cancelled_unsold,
            unit_amount=self.prices.unit_amount(
                line, deal.term, reseller.currency, deal.quantity, placed_on
            ),
            payment_type=deal.payment,
            state=deal.state,
            distribution_company_id=self._distributor(placed_on),
            reference=self._reference(placed_on),
            placed_at=placed_at,
            recurrent=deal.recurrent,
            delay_days=deal.delay_days,
            kept=deal.kept,
            failing=deal.failing,
            switched=deal.switched,
            newest=deal.newest,
            customer_draw=self.random.randrange(self.customers),
        )

    def _moment(self, deal: Deal) -> datetime:
        if deal.days_ago == 0:
            part = 1.0 if deal.newest else self.random.random()
            return self.clock.so_far_today(part)
        day = self.clock.workday(deal.days_ago, self.random)
        return self.clock.in_business_hours(day, self.random)

    def _buyer(self, deal: Deal) -> User:
        leavers = self.company.leavers
        if deal.days_ago > LEFT_DAYS_AGO and leavers and self.random.random() < 0.3:
            return self.random.choice(leavers)
        return self.random.choice(self.company.buyers)

    def _distributor(self, placed_on: date) -> int | None:
        if self.random.random() < 0.4:
            return None
        found = self.random.choice(self.company.distributors)
        if found.retired_at and found.retired_at.date() <= placed_on:
            return None
        return int(found.pk)

    def _reference(self, placed_on: date) -> str:
        if self.random.random() < 0.55:
            return ""
        number = placed_on.timetuple().tm_yday * 20 + self.random.randrange(20)
        return self.random.choice(REFERENCES).format(year=placed_on.year, n=number)
