"""Steps with the account and with purchases."""

from decimal import Decimal
from functools import partial
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from billing.actions import (
    adjust_balance,
    book_transfer,
    change_credit_limit,
    park_account,
    release_account,
)
from orders.actions import buy
from orders.purchases import Purchase
from tests.desk.money.plumbing import Plumbing, pick, picks
from tests.desk.money.world import price

cents = st.decimals(Decimal("0.01"), Decimal(900), places=2)


def nobody_is_parked(machine: "Banking") -> bool:
    """Say whether every company may go on."""
    return not any(company.parked for company in machine.world.companies)


class Banking(Plumbing):
    """Money comes in by transfer, and staff steer the accounts."""

    @rule(company=picks, amount=cents, again=st.booleans())
    def deposit(self, company: int, amount: Decimal, again: bool) -> None:
        """Book a transfer; one that was booked before is refused, for whomever."""
        world, of = self.world, pick(self.world.companies, company)
        booked_before = again and world.transfers > 0
        world.transfers += not booked_before
        reference = f"NTRF {world.transfers}"
        deed = partial(book_transfer, of.reseller.pk, amount, reference)
        self.step(partial(deed, actor=world.staff, now=world.now), allowed=not booked_before)
        of.balance += 0 if booked_before else amount

    @rule(company=picks, amount=st.decimals(Decimal(-300), Decimal(300), places=2))
    def adjust(self, company: int, amount: Decimal) -> None:
        """Correct a balance, also of a parked account; never below what it may owe."""
        of = pick(self.world.companies, company)
        allowed = amount != 0 and of.can_pay(-amount)
        deed = partial(adjust_balance, of.reseller.pk, amount, "Odd", key=uuid4())
        self.step(partial(deed, actor=self.world.staff, now=self.world.now), allowed=allowed)
        of.balance += amount if allowed else 0

    @rule(company=picks, limit=st.integers(0, 60))
    def lend(self, company: int, limit: int) -> None:
        """Change the credit limit; never below what is used of it."""
        of = pick(self.world.companies, company)
        allowed = of.balance + limit >= 0
        deed = partial(change_credit_limit, of.reseller.pk, Decimal(limit), actor=self.world.staff)
        self.step(deed, allowed=allowed)
        of.credit = Decimal(limit) if allowed else of.credit

    @precondition(nobody_is_parked)
    @rule(company=picks)
    def park(self, company: int) -> None:
        """Stop a company's money, one at a time."""
        of = pick(self.world.companies, company)
        deed = partial(park_account, of.reseller.pk, "Looked at", actor=self.world.staff)
        self.step(partial(deed, now=self.world.now), allowed=not of.parked)
        of.parked = True

    @precondition(lambda self: not nobody_is_parked(self))
    @rule(company=picks)
    def release(self, company: int) -> None:
        """Let it go on."""
        of = pick(self.world.companies, company)
        deed = partial(release_account, of.reseller.pk, actor=self.world.staff)
        self.step(deed, allowed=of.parked)
        of.parked = False


class Buying(Plumbing):
    """Licenses are bought from the balance."""

    @rule(
        company=picks,
        quantity=st.integers(1, 6),
        term=st.sampled_from([1, 1, 12]),
        recurrent=st.booleans(),
        expects=st.sampled_from([Decimal(0)] * 5 + [Decimal("0.01")]),
    )
    def purchase(
        self, company: int, quantity: int, term: int, recurrent: bool, expects: Decimal
    ) -> None:
        """Buy at the right price, or seldom at a wrong one."""
        of = pick(self.world.companies, company)
        amount = price(term, quantity) * quantity
        wish = Purchase(
            product=self.world.product,
            term_months=term,
            quantity=quantity,
            distribution_company=None,
            recurrent=recurrent,
            reference="",
            expected_amount=amount + expects,
            key=uuid4(),
        )
        allowed = not of.parked and not expects and of.can_pay(amount)
        deed = partial(buy, wish, actor=of.admin, now=self.world.now)
        order = self.step(deed, allowed=allowed)
        if order is not None:
            of.balance -= amount
            of.purchases.append(wish)
            of.orders.append(order)

    @precondition(lambda self: any(company.purchases for company in self.world.companies))
    @rule(which=picks)
    def replay(self, which: int) -> None:
        """Press the button of a form that has bought already: the same order, and no money."""
        bought = [
            (company, wish, order)
            for company in self.world.companies
            for wish, order in zip(company.purchases, company.orders, strict=True)
        ]
        of, wish, order = pick(bought, which)
        before = self.world.fingerprint()
        deed = partial(buy, wish, actor=of.admin, now=self.world.now)
        assert self.step(deed, allowed=True) == order
        assert self.world.fingerprint() == before
