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
    """A pass for one company on one of its days: the balance, the days and charges that it leaves.

    `blocked` are licenses for which a card may still pay, `freed` the To of those for which one has
    paid, as turns out when the pass begins.
    """

    world: World
    company: Company
    tries: Tries
    blocked: set[int]
    freed: dict[int, date]
    ends: dict[int, date] = field(default_factory=dict)
    by_card: list[int] = field(default_factory=list)
    stopped: bool = False
    unpaid: int = 0

    def run(self) -> None:
        """Pay what is due in order of To, as far as the balance reaches; the rest by card."""
        licenses = {each.pk: each for each in self.world.licenses() if self.renews(each)}
        periods = {pk: each.periods.count() + (pk in self.freed) for pk, each in licenses.items()}
        ends = {pk: self.freed.get(pk, each.ends_on) for pk, each in licenses.items()}
        due = [(ends_on, pk) for pk, ends_on in ends.items() if ends_on]
        heapq.heapify(due)
        while due:
            ends_on, pk = heapq.heappop(due)
            if not self.is_due(pk, periods[pk], ends_on):
                continue
            if self.pay(licenses[pk], periods[pk]):
                periods[pk] += 1
                self.ends[pk] = end_of(licenses[pk], periods[pk])
                heapq.heappush(due, (self.ends[pk], pk))
            else:
                self.unpaid += 1

    def renews(self, license: License) -> bool:
        """Say whether a license of the company renews by itself, and no card may pay for it yet."""
        mine = license.reseller_id == self.company.reseller.pk
        free = license.pk not in self.blocked
        return mine and free and license.auto_renew and license.cancelled_at is None

    def is_due(self, pk: int, number: int, ends_on: date) -> bool:
        """Each period is tried at least once, and once a day until grace is over."""
        today, tried = self.company.day(self.world.now), self.tries.get((pk, number))
        again = tried is None or (tried < today and tried < ends_on + GRACE)
        return again and ends_on - AHEAD <= today

    def pay(self, license: License, number: int) -> bool:
        """Take a renewal from the balance, unless it or an earlier one is not covered."""
        amount = price(license.order.term_months, license.order.quantity)
        self.stopped = self.stopped or not self.company.can_pay(amount)
        if not self.stopped:
            self.company.balance -= amount
            return True
        return self.pay_by_card(license, number)

    def pay_by_card(self, license: License, number: int) -> bool:
        """Charge the card, if there is one that is valid; without an answer there is no try yet."""
        card, today = self.company.card, self.company.day(self.world.now)
        answer = "not covered"
        if card and card.can_be_charged(today):
            self.by_card.append(license.pk)
            answer = card.answer()
        if answer not in {"succeeded", "unknown"}:
            self.tries[license.pk, number] = today
        return answer == "succeeded"


def end_of(license: License, periods: int) -> date:
    """Return the To of a license with so many periods: the day before a term begins anew."""
    anchor = license.anchor_on
    assert anchor is not None
    years, month = divmod(anchor.month - 1 + periods * license.order.term_months, 12)
    for day in range(anchor.day, 27, -1):  # 31, 30, 29, 28: the first that the month has
        with suppress(ValueError):
            return date(anchor.year + years, month + 1, day) - timedelta(days=1)
    return date(anchor.year + years, month + 1, anchor.day) - timedelta(days=1)
