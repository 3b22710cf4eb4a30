"""Steps of people who do by hand what the renewal engine would do."""

from datetime import date, timedelta
from functools import partial

from hypothesis.stateful import precondition, rule

from licenses.models import License
from licenses.renewing.manual import renew_by_hand
from tests.desk.money.forecast import end_of
from tests.desk.money.plumbing import pick, picks, seldom
from tests.desk.money.renewing import Renewing, all_ends, has_licenses
from tests.desk.money.world import Company, price

OFFERED = timedelta(days=15)


class ByHand(Renewing):
    """Renew: the balance pays, else the card, for the next period alone."""

    @precondition(has_licenses)
    @rule(which=picks, odd=seldom)
    def renew_one(self, which: int, odd: bool) -> None:
        """Press Renew on a license that ends soon, or now and then on any."""
        fit = [each for each in self.world.licenses() if self.is_offered(each) and not odd]
        license = pick(fit or self.world.licenses(), which)
        of, before = self.world.company_of(license), all_ends()
        number, today = license.periods.count(), of.day(self.world.now)
        freed = self.let_go(of, license)
        answer = self.by_hand(of, license, freed or {})
        by_card = answer not in {"balance", "nothing"}
        if by_card and answer not in {"succeeded", "unknown"}:
            self.tries[license.pk, number] = today
        deed = partial(renew_by_hand, license.uuid, actor=of.admin, now=self.world.now)
        with self.charging(of, [license.pk] if by_card else []):
            allowed = answer in {"balance", "succeeded", "confirming", "unknown"}
            self.step(deed, allowed=allowed, leaves_a_trace=by_card or freed is not None)
        paid = answer in {"balance", "succeeded"}
        ends = {license.pk: end_of(license, number + 1)} if paid else {}
        assert all_ends() == before | (freed or {}) | ends
        self.reached[f"renewed by hand: {answer}"] += 1

    def is_offered(self, license: License) -> bool:
        """Say whether a license can be renewed by hand today."""
        of, ends_on = self.world.company_of(license), license.ends_on
        soon = ends_on is not None and of.day(self.world.now) >= ends_on - OFFERED
        in_doubt = self.world.is_in_doubt(license)
        return soon and self.world.in_use(license) and not of.parked and not in_doubt

    def by_hand(self, of: Company, license: License, freed: dict[int, date]) -> str:
        """Return what pays: the balance, which is less then, the card as it answers, or nothing."""
        license.ends_on = freed.get(license.pk, license.ends_on)
        amount = price(license.order.term_months, license.order.quantity)
        if not self.is_offered(license):
            return "nothing"
        if of.can_pay(amount):
            of.balance -= amount
            return "balance"
        card_pays = of.card and of.card.can_be_charged(of.day(self.world.now))
        return of.card.answer() if of.card and card_pays else "nothing"
