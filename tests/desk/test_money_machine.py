"""Whatever people and the clock do with money, in whatever sequence: every rule still holds.

The runs are the same each time. More of them, and others each time:
`MONEY_MACHINE_RUNS=500 make test TESTS=tests/desk/test_money_machine.py`.
"""

import os
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import initialize, run_state_machine_as_test

from orders.refund_parts import Part
from tests.desk.money.buying import Banking, Buying
from tests.desk.money.renewing import Renewing
from tests.desk.money.using import Using

pytestmark = pytest.mark.django_db

MORE = os.environ.get("MONEY_MACHINE_RUNS", "")
PROFILE: dict[str, Any] = {
    "max_examples": int(MORE or 20),
    "stateful_step_count": 40,
    "derandomize": not MORE,
    "database": None,
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
}
ENOUGH = 10 * PROFILE["max_examples"]  # a twin ends with the first that breaks a rule
DONE = {
    *("book_transfer", "adjust_balance", "change_credit_limit", "park_account", "release_account"),
    *("buy", "activate_for_existing", "change_billing_state"),
    *("ask_refund", "refund_order", "approve_refunds", "reject_refunds"),
    *("renew_reseller", "a renewal that is paid", "a renewal that is not covered"),
}


class MoneyMachine(Banking, Buying, Using, Renewing):
    """All steps."""

    @initialize()
    def begin(self) -> None:
        """Each company has bought what renews and what does not, and uses all but one of each."""
        for company in range(2):
            self.deposit(company=company, amount=Decimal(450), again=False)
            for term, recurrent in ((1, True), (12, False)):
                wish = {"company": company, "quantity": 3, "term": term, "recurrent": recurrent}
                self.purchase(**wish, expects=Decimal(0))
                self.ask(which=len(self.world.licenses()) - 1, whole=False)
        for _ in range(8):
            self.activate(which=0, odd=False)


def run(**changes: Any) -> None:
    run_state_machine_as_test(MoneyMachine, settings=settings(**{**PROFILE, **changes}))


def test_every_rule_holds_whatever_is_done_with_money() -> None:
    MoneyMachine.reached.clear()
    run()
    assert [name for name in sorted(DONE) if not MoneyMachine.reached[f"{name} done"]] == []


FAULTS: dict[str, Any] = {
    "orders.actions.refunds.cancel_licenses": lambda *_: 0,
    "orders.refund_parts.renewals_ahead": lambda *_: [],
    "orders.actions.refunds.parts_of": lambda order, licenses, _: [
        Part(license, None, order.unit_amount + 1, None) for license in licenses
    ],
    "orders.refunds.why_not_refund": lambda *_: None,
    "orders.actions.purchase.order_bought_with": lambda *_: None,
    "orders.actions.purchase.pay": lambda *_, **__: None,
    "billing.models.Account.missing_for": lambda *_: Decimal(0),
    "licenses.actions.why_not_change_billing": lambda *_: None,
    "activation.steps.why_not_activate": lambda *_: None,
}


@pytest.mark.parametrize("guard", FAULTS)
def test_twin_without_a_guard_a_rule_is_broken(guard: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, FAULTS[guard])
    with pytest.raises((AssertionError, IntegrityError)):
        run(max_examples=ENOUGH, phases=[Phase.generate], report_multiple_bugs=False)
