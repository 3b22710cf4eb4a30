"""Steps with licenses: they are activated, renewed or not, refunded."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from activation.actions import activate_for_existing
from licenses.actions import change_billing_state
from licenses.models import License
from orders.actions import approve_refunds, ask_refund, refund_order, reject_refunds
from orders.models import Refund
from tests.desk.money.plumbing import Plumbing, pick, picks, seldom
from tests.desk.money.renewing import has_licenses
from tests.desk.money.world import Company


def has_wishes(machine: "Using") -> bool:
    """Say whether a refund waits to be decided."""
    return Refund.objects.waiting().exists()


def is_available(license: License) -> bool:
    """Say whether a license is for resale."""
    return license.activated_at is None and license.cancelled_at is None


class Using(Plumbing):
    """What becomes of what was bought."""

    def one(self, which: int, fits: Callable[[License], bool], odd: bool) -> License:
        """Return a license for which a step makes sense, or now and then any."""
        licenses = self.world.licenses()
        return pick([each for each in licenses if fits(each) and not odd] or licenses, which)

    @precondition(has_licenses)
    @rule(which=picks, odd=seldom)
    def activate(self, which: int, odd: bool) -> None:
        """Activate a license, once; also of a parked company."""
        license = self.one(which, is_available, odd)
        of, allowed = self.world.company_of(license), is_available(license)
        deed = partial(activate_for_existing, license.uuid, of.email, actor=of.admin)
        self.step(partial(deed, now=self.world.now), allowed=allowed)

    @precondition(has_licenses)
    @rule(which=picks, recurrent=st.booleans(), odd=seldom)
    def toggle(self, which: int, recurrent: bool, odd: bool) -> None:
        """Turn auto-renew on or off, of what is active or in grace."""
        license = self.one(which, self.world.in_use, odd)
        of, allowed = self.world.company_of(license), self.world.in_use(license)
        deed = partial(change_billing_state, license.uuid, recurrent, actor=of.admin)
        self.step(partial(deed, now=self.world.now), allowed=allowed)

    def meant(self, which: int, whole: bool) -> tuple[Company, License, Sequence[License]]:
        """Return a license, whose it is, and what of its order can be refunded."""
        license = pick(self.world.licenses(), which)
        chosen = License.objects.filter(order=license.order) if whole else [license]
        fit = [each for each in chosen if self.world.can_be_refunded(each)]
        return self.world.company_of(license), license, fit

    def refund_step(
        self, action: Callable[..., Any], actor: Any, which: int, whole: bool
    ) -> tuple[Company, Sequence[License]]:
        """Ask for a refund, or pay one; returns the licenses that it was allowed for."""
        of, license, fit = self.meant(which, whole)
        fit = [] if of.parked else fit
        only = None if whole else license.uuid
        deed = partial(action, license.order.number, only, "Odd", actor=actor or of.admin)
        done = self.step(partial(deed, now=self.world.now), allowed=bool(fit))
        assert {refund.license for refund in done or []} == set(fit)
        return of, fit

    @precondition(has_licenses)
    @rule(which=picks, whole=st.booleans())
    def ask(self, which: int, whole: bool) -> None:
        """Ask for the money of a license, or of all that are left: nothing moves yet."""
        self.refund_step(ask_refund, None, which, whole)

    @precondition(has_licenses)
    @rule(which=picks, whole=st.booleans())
    def refund(self, which: int, whole: bool) -> None:
        """Pay back without having been asked."""
        of, _license, fit = self.meant(which, whole)
        amounts = self.worth([] if of.parked else fit)
        self.refund_step(refund_order, self.world.staff, which, whole)
        self.get_back(of, [amounts])

    @precondition(lambda self: self.world.is_paid_ahead())
    @rule(which=picks)
    def refund_paid_ahead(self, which: int) -> None:
        """Pay back a license whose next period was paid already."""
        ahead = self.paid_ahead()
        if ahead:
            license = pick(ahead, which)
            self.refund(which=self.world.licenses().index(license), whole=False)
            self.reached["a refund of a renewal done"] += 1

    def paid_ahead(self) -> list[License]:
        """Return the licenses that can be refunded and were renewed ahead."""
        fit = filter(self.world.can_be_refunded, self.world.licenses())
        return [each for each in fit if self.world.worth(each) > each.order.unit_amount]

    @precondition(has_wishes)
    @rule(which=picks, whole=st.booleans(), approves=st.booleans())
    def decide(self, which: int, whole: bool, approves: bool) -> None:
        """Approve or reject what waits of an order, one or all."""
        wish = pick(list(Refund.objects.waiting().select_related("order").order_by("pk")), which)
        of = self.world.company_of(wish)
        waiting = Refund.objects.waiting().filter(order=wish.order)
        meant = [refund.license for refund in (waiting if whole else [wish])]
        number, only = wish.order.number, None if whole else wish.pk
        in_doubt = any(self.world.is_in_doubt(license) for license in meant)
        allowed = not (approves and (of.parked or in_doubt))
        deed = partial(approve_refunds, number, only)
        if not approves:
            deed = partial(reject_refunds, number, only, "No")
        deed = partial(deed, actor=self.world.staff, now=self.world.now)
        amounts = [self.worth(meant)] if approves and allowed else []
        self.step(deed, allowed=allowed)
        self.get_back(of, amounts)

    def worth(self, licenses: Sequence[License]) -> tuple[Decimal, Decimal]:
        """Return what goes back for licenses to the balance, and to the card."""
        all_of_it = sum((self.world.worth(license) for license in licenses), Decimal(0))
        to_balance = sum((self.world.to_balance(license) for license in licenses), Decimal(0))
        return to_balance, all_of_it - to_balance

    def get_back(self, of: Company, amounts: Sequence[tuple[Decimal, Decimal]]) -> None:
        """Expect that a company got amounts back."""
        for to_balance, to_card in amounts:
            of.balance += to_balance
            of.back_to_card += to_card
