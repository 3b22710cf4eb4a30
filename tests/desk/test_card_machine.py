"""Whatever cards, their owners, a breaking gateway and the clock do: each charge is one, done once.

As `test_money_machine`, with a default card for each company at a real test gateway: first every
outcome of every way to pay, then whatever comes in whatever sequence.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from billing.actions import park_account, release_account
from reseller_portal.refusals import Refusal
from tests.desk.money.cards import FAULTS, KINDS
from tests.desk.money.paying import Paying
from tests.desk.money.plumbing import pick, picks
from tests.desk.money.using import Using
from tests.desk.test_money_machine import PROFILE
from tests.gateway import Gateway

pytestmark = pytest.mark.django_db

MORE = os.environ.get("MONEY_MACHINE_RUNS", "")
CARD_PROFILE: dict[str, Any] = PROFILE | {
    "max_examples": int(MORE or 6),
    "stateful_step_count": 25,
}


Case = tuple[str, str, Callable[["CardMachine"], None]]


class CardMachine(Paying, Using):
    """All steps."""

    @initialize(kinds=st.permutations(sorted(KINDS)))
    def begin(self, kinds: list[str]) -> None:
        """Each company has bought by card what renews monthly, uses it, and its card changes."""
        for company, kind in enumerate(kinds[:2]):
            self.purchase_by_card(company=company, quantity=3, term=1, fault="")
            for _ in range(3):
                self.activate(which=0, odd=False)
            self.behave(company=company, kind=kind)
        self.pass_time(24)  # in six days they end

    @rule(company=picks)
    def renew_while_parked(self, company: int) -> None:
        """Do a pass for a company whose account is parked: nothing is paid."""
        of, staff = pick(self.world.companies, company), self.world.staff
        park = partial(park_account, of.reseller.pk, "Looked at", actor=staff, now=self.world.now)
        self.step(park, allowed=True)
        of.parked = True
        self.renew(of)
        self.step(partial(release_account, of.reseller.pk, actor=staff), allowed=True)
        of.parked = False

    def hold(self) -> None:
        """Check everything, as is done after each step of a run."""
        self.everything_holds()
        self.every_payment_is_as_known()

    def pay_in_every_way(self, fault: str) -> None:
        """Renew one by hand and the others in a pass, buy, and deposit, all by the first card."""
        of = self.world.companies[0]
        with self.breaking(of, fault):
            self.renew_one(which=0, odd=False)
            self.renew(of)
        self.purchase_by_card(company=0, quantity=2, term=1, fault=fault)
        self.deposit_by_card(company=0, amount=Decimal("25.00"), fault=fault)
        self.hold()

    def owners_act(self, *, confirm: bool, tell: bool) -> None:
        """Let the owner of the card act on every payment that waits."""
        while self.waiting():
            self.own_up(which=0, confirms=confirm, tells=tell)
            self.hold()


@pytest.fixture(autouse=True)
def _gateway(gateway: Gateway, settings: Any) -> None:
    settings.STRIPE_TIMEOUT_SECONDS = (1, 10)
    CardMachine.gateway = gateway


def look_soon(machine: CardMachine) -> None:
    machine.look(hours=1)


def look_late(machine: CardMachine) -> None:
    machine.look(hours=30)
    machine.hold()
    machine.look(hours=1)


def confirm_and_come_back(machine: CardMachine) -> None:
    machine.owners_act(confirm=True, tell=True)


def fail_to_confirm(machine: CardMachine) -> None:
    machine.owners_act(confirm=False, tell=True)
    machine.wait(days=1, at_all=True)


def confirm_and_tell_nobody_but_a_worker_looks(machine: CardMachine) -> None:
    machine.owners_act(confirm=True, tell=False)
    machine.look(hours=30)


def confirm_and_tell_nobody_but_the_next_pass_looks(machine: CardMachine) -> None:
    machine.owners_act(confirm=True, tell=False)
    machine.wait(days=1, at_all=True)


def confirm_in_the_end(machine: CardMachine) -> None:
    machine.look(hours=1)
    confirm_and_come_back(machine)


OWNERS = [
    *(confirm_and_come_back, fail_to_confirm),
    *(confirm_and_tell_nobody_but_a_worker_looks, confirm_and_tell_nobody_but_the_next_pass_looks),
]
LOOKS = [look_soon, look_late]


def press_renew_again(machine: CardMachine) -> None:
    machine.behave(company=0, kind="succeeds")
    for which in range(3):
        machine.renew_one(which=which, odd=True)
        machine.hold()


def cancel_and_confirm(machine: CardMachine) -> None:
    for which in range(3):
        machine.refund(which=which, whole=False)
    machine.hold()
    machine.owners_act(confirm=True, tell=True)
    machine.look(hours=30)


def turn_on_again(machine: CardMachine) -> None:
    machine.behave(company=0, kind="succeeds")
    for days in (1, 1, 25):
        for which in range(3):
            machine.toggle(which=which, recurrent=True, odd=True)
        machine.wait(days=days, at_all=True)
        machine.hold()


def let_it_expire(machine: CardMachine) -> None:
    machine.expire(company=0, days=-1)
    machine.deposit_by_card(company=0, amount=Decimal("25.00"), fault="")
    machine.purchase_by_card(company=0, quantity=1, term=1, fault="")
    machine.wait(days=31, at_all=True)


BEFORE, AFTER = FAULTS
WAITING = "needs_authentication"
CASES: list[Case] = [
    *[(kind, fault, then) for kind in KINDS for fault in FAULTS for then in LOOKS],
    *[(WAITING, "", then) for then in (look_late, *OWNERS)],
    *[(WAITING, AFTER, confirm_in_the_end)],
    *[(kind, "", then) for kind in KINDS for then in (press_renew_again, turn_on_again)],
    *[("succeeds", AFTER, then) for then in (press_renew_again, cancel_and_confirm)],
    *[(kind, "", cancel_and_confirm) for kind in ("succeeds", WAITING)],
    ("succeeds", "", let_it_expire),
]


@contextmanager
def machine_with(kind: str) -> Iterator[CardMachine]:
    """Return a machine whose first card behaves so."""
    machine = CardMachine()
    try:
        machine.begin([kind, "succeeds"])
        yield machine
    finally:
        machine.teardown()


def go_through(case: Case) -> None:
    """Pay in every way, do what follows, and check everything."""
    kind, fault, then = case
    with machine_with(kind) as machine:
        machine.pay_in_every_way(fault)
        then(machine)
        machine.hold()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[1]}-{case[2].__name__}")
def test_each_outcome_of_each_way_to_pay_and_what_follows(case: Case) -> None:
    go_through(case)


def test_every_rule_holds_whatever_is_done_with_cards() -> None:
    run_state_machine_as_test(CardMachine, settings=settings(**CARD_PROFILE))


def nothing(*_: Any, **__: Any) -> None:
    """Stand in for what must be done."""


TWINS: dict[str, tuple[Any, Case]] = {
    "billing.gateway.stripe_api.once": (
        lambda _key: {"idempotency_key": f"{uuid4()}"},
        ("succeeds", AFTER, look_soon),
    ),
    "billing.deposits.post_entry": (nothing, ("succeeds", "", look_soon)),
    "licenses.renewing.card_outcomes.settle_paid": (
        lambda *_, **__: True,
        ("succeeds", "", look_soon),
    ),
    "licenses.renewing.card_outcomes.settle_declined": (
        nothing,
        ("insufficient_funds", "", turn_on_again),
    ),
    "licenses.renewing.card_outcomes.open_refund": (nothing, (WAITING, "", cancel_and_confirm)),
    "licenses.renewing.cards.free": (nothing, (WAITING, "", turn_on_again)),
    "licenses.renewing.cards.free_license": (nothing, (WAITING, "", press_renew_again)),
    "billing.payments.opening.why_not_charge": (nothing, ("succeeds", "", let_it_expire)),
}


@pytest.mark.parametrize("guard", TWINS)
def test_twin_without_a_guard_a_rule_is_broken(guard: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, case = TWINS[guard]
    monkeypatch.setattr(guard, broken)
    with pytest.raises((AssertionError, Refusal)):
        go_through(case)
