"""How a step is made, and what must hold after each."""

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

import time_machine
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from billing.models import Account, BalanceEntry, CardRefund
from reseller_portal.refusals import Refusal
from tests.desk.money.world import (
    Company,
    World,
    bought_otherwise,
    broken_rules,
    charged_wrongly,
    kept_wrongly,
    make_world,
)

Item = TypeVar("Item")
picks = st.integers(0, 30)  # of what there is at that moment, counted round
seldom = st.sampled_from([False] * 4 + [True])


def pick(items: Sequence[Item], at: int) -> Item:
    """Return one of what there is."""
    return items[at % len(items)]


def name_of(deed: Any) -> str:
    """Return the name of the action in a deed."""
    while hasattr(deed, "func"):
        deed = deed.func
    return str(deed.__name__)


class Plumbing(RuleBasedStateMachine):
    """A world of its own for each run, which is gone afterwards, with the clock in our hand."""

    reached: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        vars(self.block)["_from_testcase"] = True  # actions may be the outermost in it
        self.block.__enter__()
        self.world: World = make_world()
        self.clock = time_machine.travel(self.world.now, tick=False)
        self.traveller = self.clock.start()

    def teardown(self) -> None:
        """Undo everything."""
        self.clock.stop()
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    def step(self, deed: Callable[[], Any], *, allowed: bool, leaves_a_trace: bool = False) -> Any:
        """Do something, a minute passes; it is refused, and changes nothing, unless it is allowed.

        What is refused because a card did not pay `leaves_a_trace`. Returns what it returned, or
        None.
        """
        before, outcome, refusal = self.world.fingerprint(), None, None
        try:
            outcome = deed()
        except Refusal as refused:
            refusal = refused
        assert (refusal is None) == allowed, refusal or "it was not refused"
        assert allowed or leaves_a_trace or self.world.fingerprint() == before
        self.reached[f"{name_of(deed)} {'done' if allowed else 'refused'}"] += 1
        self.pass_time()
        return outcome

    def pass_time(self, days: int = 0) -> None:
        """Let the clock go on."""
        self.world.later(days=days)
        self.traveller.move_to(self.world.now)

    @invariant()
    def everything_holds(self) -> None:
        """What the database, `manage.py verify` and the model say."""
        with connection.cursor() as cursor:  # now, instead of at a commit that never comes
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        assert broken_rules() == {}
        for company in self.world.companies:
            balance_is_what_was_worked_out(company)
        wrong = [*charged_wrongly(), *kept_wrongly(), *bought_otherwise()]
        assert wrong == [], wrong


def balance_is_what_was_worked_out(company: Company) -> None:
    """The balance is the model's, the ledger's sum, what its last entry left, and enough."""
    account = Account.objects.get(reseller=company.reseller)
    entries = BalanceEntry.objects.for_reseller(company.reseller)
    last = entries.order_by("sequence").last()
    assert account.balance == company.balance
    assert (entries.aggregate(s=Sum("amount"))["s"] or Decimal(0)) == company.balance
    assert (last.balance_after if last else Decimal(0)) == company.balance
    assert company.balance >= -company.credit == -account.credit_limit
    assert account.is_parked == company.parked
    refunds = CardRefund.objects.for_reseller(company.reseller)
    assert (refunds.aggregate(s=Sum("amount"))["s"] or Decimal(0)) == company.back_to_card
