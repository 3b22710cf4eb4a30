"""What a pass of the renewal engine must come to, worked out license by license."""

import heapq
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta

from licenses.models import License
from tests.desk.money.world import GRACE, Company, World, price

AHEAD = timedelta(days=7)
Tries = dict[tuple[int, int], date]  # the day of the last try, by license and number of the period


@dataclass
class Forecast:
    """A pass for one company on one of its days: the balance and the days that it leaves."""

    world: World
    company: Company
    tries: Tries
    ends: dict[int, date] = field(default_factory=dict)
    stopped: bool = False
    unpaid: int = 0

    def run(self) -> None:
        """Pay what is due in order of To, as far as the balance reaches."""
        today = self.company.day(self.world.now)
        licenses = {each.pk: each for each in self.world.licenses() if self.renews(each)}
        periods = {pk: each.periods.count() for pk, each in licenses.items()}
        due = [(each.ends_on, pk) for pk, each in licenses.items() if each.ends_on]
        heapq.heapify(due)
        while due:
            ends_on, pk = heapq.heappop(due)
            if ends_on - AHEAD > today or not self.may_try(pk, periods[pk], ends_on, today):
                continue
            if self.pay(licenses[pk]):
                periods[pk] += 1
                self.ends[pk] = end_of(licenses[pk], periods[pk])
                heapq.heappush(due, (self.ends[pk], pk))
            else:
                self.tries[pk, periods[pk]] = today
                self.unpaid += 1

    def renews(self, license: License) -> bool:
        """Say whether a license of the company renews by itself."""
        mine = license.reseller_id == self.company.reseller.pk
        return mine and license.auto_renew and license.cancelled_at is None

    def may_try(self, pk: int, number: int, ends_on: date, today: date) -> bool:
        """Each period is tried at least once, and once a day until grace is over."""
        tried = self.tries.get((pk, number))
        return tried is None or (tried < today and tried < ends_on + GRACE)

    def pay(self, license: License) -> bool:
        """Take a renewal from the balance, unless it or an earlier one is not covered."""
        amount = price(license.order.term_months, license.order.quantity)
        self.stopped = self.stopped or not self.company.can_pay(amount)
        if not self.stopped:
            self.company.balance -= amount
        return not self.stopped


def end_of(license: License, periods: int) -> date:
    """Return the To of a license with so many periods: the day before a term begins anew."""
    anchor = license.anchor_on
    assert anchor is not None
    years, month = divmod(anchor.month - 1 + periods * license.order.term_months, 12)
    for day in range(anchor.day, 27, -1):  # 31, 30, 29, 28: the first that the month has
        with suppress(ValueError):
            return date(anchor.year + years, month + 1, day) - timedelta(days=1)
    return date(anchor.year + years, month + 1, anchor.day) - timedelta(days=1)
