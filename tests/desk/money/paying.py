"""Steps with cards: they pay or not, at once or later, and the gateway breaks now and then."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from billing.actions import begin_deposit
from billing.models import Card, CardPayment, CardRefund
from billing.payments import charge, confirm, look_again
from billing.payments.refunding import sweep_refunds
from billing.payments.watching import check_one
from licenses.models import License, Renewal
from orders.actions import begin_card_purchase
from orders.models import Order
from orders.purchases import Purchase
from tests.billing.cards import make_card
from tests.desk.money.by_hand import ByHand
from tests.desk.money.cards import FAULTS, KINDS, Known, ModelCard
from tests.desk.money.forecast import end_of
from tests.desk.money.plumbing import pick, picks
from tests.desk.money.renewing import all_ends
from tests.desk.money.world import Company, price
from tests.gateway import Gateway

CREATION = "/v1/payment_intents"
faults = st.sampled_from(["", "", "", *FAULTS])


class Paying(ByHand):
    """Each company has a default card; every payment is in the state that the model knows."""

    gateway: ClassVar[Gateway]

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[int, Known] = {}
        self.gateway.reset()
        for company in self.world.companies:
            card = make_card(self.gateway, company.reseller)
            company.card = ModelCard(self.gateway, card, card.expires_on)

    def pass_time(self, days: int = 0) -> None:
        """Let the gateway's clock go on, too."""
        before = self.world.now
        super().pass_time(days)
        self.gateway.advance((self.world.now - before).total_seconds())

    @contextmanager
    def charging(self, of: Company, licenses: list[int]) -> Iterator[None]:
        """Expect that the card of a company is charged for licenses, and learn of the payments."""
        asked, done = self.world.now, self.does(of)
        yield
        new = CardPayment.objects.exclude(pk__in=self.known).order_by("pk")
        uuids = dict(License.objects.values_list("uuid", "pk"))
        found = [(each, uuids[UUID(each.about)]) for each in new]
        assert sorted(pk for _, pk in found) == sorted(licenses)
        for payment, pk in found:
            self.learn(of, payment, asked, done, pk)

    def does(self, of: Company) -> str:
        """Return what the gateway does with a charge just now; empty if it breaks before."""
        assert of.card is not None
        return "" if of.card.fault == "error_before" else KINDS[of.card.kind]

    def learn(self, of: Company, payment: CardPayment, asked: Any, done: str, pk: int = 0) -> None:
        """Know a new payment."""
        assert of.card is not None
        self.known[payment.pk] = Known(payment, of.card, of.card.answer(), done, asked, pk)
        self.reached[f"{payment.purpose} {of.card.answer()}"] += 1
        self.note_doubt()

    def note_doubt(self) -> None:
        """Tell the world for which licenses a card may have paid."""
        doubtful = [each for each in self.known.values() if each.state == "unknown"]
        self.world.in_doubt = {each.license for each in doubtful}

    def blocked(self) -> set[int]:
        """Return the licenses for which a card may still pay."""
        states = {"unknown", "confirming"}
        return {each.license for each in self.known.values() if each.state in states}

    def let_go(self, of: Company, license: License | None = None) -> dict[int, date] | None:
        """Expect that what waits for a person is ended; see the base."""
        waiting = [each for each in self.known.values() if each.state == "confirming"]
        meant = [each for each in waiting if license and each.license == license.pk]
        if license is None:
            meant = [each for each in waiting if self.is_due_again(of, each.license)]
        ends: dict[int, date] = {}
        for each in meant:
            ends |= self.late(each, each.ended())
        return ends if meant else None

    def is_due_again(self, of: Company, pk: int) -> bool:
        """Say whether the engine tries a license anew today."""
        license = License.objects.filter(pk=pk, reseller=of.reseller, recurrent=True).first()
        if license is None:
            return False
        waiting = Renewal.objects.filter(license=license, state="waiting")
        return waiting.filter(next_attempt_on__lte=of.day(self.world.now)).exists()

    def late(self, known: Known, state: str) -> dict[int, date]:
        """Expect that a payment ends so, with all that follows; return the To that it pays for."""
        was, known.state, known.untold = known.state, state, False
        of = self.world.company_of(known.payment)
        self.reached[f"{known.payment.purpose} {was}, then {state}"] += 1
        self.note_doubt()
        if known.payment.purpose == "deposit" and state == "succeeded":
            of.balance += known.payment.amount
        if not known.license:
            return {}
        license = License.objects.select_related("order").get(pk=known.license)
        number = license.periods.count()
        if state == "succeeded" and license.cancelled_at is None:
            return {license.pk: end_of(license, number + 1)}
        if state == "succeeded":
            of.back_to_card += known.payment.amount
        elif was == "unknown":
            self.tries[license.pk, number] = of.day(self.world.now)
        return {}

    @rule(company=picks, kind=st.sampled_from(sorted(KINDS)))
    def behave(self, company: int, kind: str) -> None:
        """Let a card behave otherwise from now on."""
        card = pick(self.world.companies, company).card
        assert card is not None
        card.kind = kind
        self.gateway.becomes(card.card.token, kind)

    @rule(company=picks, days=st.sampled_from([-1, 0, 3, 30, 3000, 3000]))
    def expire(self, company: int, days: int) -> None:
        """Let a card be one that expires then."""
        of = pick(self.world.companies, company)
        assert of.card is not None
        of.card.expires_on = of.day(self.world.now) + timedelta(days=days)
        Card.objects.filter(pk=of.card.card.pk).update(expires_on=of.card.expires_on)

    @contextmanager
    def breaking(self, of: Company, fault: str) -> Iterator[ModelCard]:
        """Let the gateway break at each charge of the block."""
        assert of.card is not None
        of.card.fault = fault
        if fault:
            self.gateway.fault(fault, CREATION, times=100)
        yield of.card
        of.card.fault = ""
        self.gateway.clear_faults()

    @rule(company=picks, days=st.integers(0, 9), fault=st.sampled_from(FAULTS))
    def renew_while_it_breaks(self, company: int, days: int, fault: str) -> None:
        """Do a pass while the gateway breaks."""
        self.pass_time(days)
        of = pick(self.world.companies, company)
        with self.breaking(of, fault):
            self.renew(of)

    def pay(self, of: Company, begin: Any, fault: str, *, allowed: bool) -> CardPayment | None:
        """Write a payment down and charge the card."""
        with self.breaking(of, fault) as card:
            usable = card.can_be_charged(of.day(self.world.now))
            asked, done = self.world.now, self.does(of)
            begun = self.step(begin, allowed=allowed and usable)
            if begun is None:
                return None
            self.traveller.move_to(asked)
            charge(begun)
            self.traveller.move_to(self.world.now)
            self.learn(of, begun, asked, done)
            return CardPayment.objects.get(pk=begun.pk)

    @rule(company=picks, amount=st.decimals(Decimal(1), Decimal(40), places=2), fault=faults)
    def deposit_by_card(self, company: int, amount: Decimal, fault: str) -> None:
        """Deposit by card, also into a parked account."""
        of = pick(self.world.companies, company)
        assert of.card is not None
        begin = partial(begin_deposit, of.reseller, of.card.card, amount, key=uuid4())
        begin = partial(begin, actor=of.admin, now=self.world.now)
        payment = self.pay(of, begin, fault, allowed=True)
        of.balance += amount if payment and payment.is_paid else 0

    @rule(company=picks, quantity=st.integers(1, 5), term=st.sampled_from([1, 12]), fault=faults)
    def purchase_by_card(self, company: int, quantity: int, term: int, fault: str) -> None:
        """Buy by card: an order with licenses, one that is checked, or none."""
        of = pick(self.world.companies, company)
        assert of.card is not None
        wish = Purchase(
            product=self.world.product,
            term_months=term,
            quantity=quantity,
            distribution_company=None,
            recurrent=True,
            reference="",
            expected_amount=price(term, quantity) * quantity,
            key=uuid4(),
        )
        begin = partial(begin_card_purchase, wish, of.card.card, actor=of.admin, now=self.world.now)
        self.pay(of, begin, fault, allowed=not of.parked)

    def waiting(self) -> list[Known]:
        """Return the payments that wait for their owner."""
        known = self.known.values()
        return [each for each in known if each.state == "confirming" and not each.untold]

    @precondition(lambda self: self.waiting())
    @rule(which=picks, confirms=st.sampled_from([True, True, False]), tells=st.booleans())
    def own_up(self, which: int, confirms: bool, tells: bool) -> None:
        """Let the owner of a card confirm a payment, or not, and come back or not."""
        known = pick(self.waiting(), which)
        payment, answer = CardPayment.objects.get(pk=known.payment.pk), KINDS[known.card.kind]
        is_asked = payment.has_person or answer == "confirming"
        if is_asked:
            answer = known.card.confirmed() if confirms else "declined"
        known.untold = is_asked and answer == "succeeded" and not tells
        before, ends = all_ends(), {} if known.untold else self.late(known, answer)
        if not payment.has_person:
            confirm(payment)
        if is_asked:
            self.gateway.authenticate(payment.gateway_id, confirmed=confirms)
        if is_asked and not known.untold:
            look_again(payment)
        assert (before | ends).items() <= all_ends().items()  # new ones have none

    @precondition(lambda self: self.known)
    @rule(hours=st.sampled_from([0, 1, 30]))
    def look(self, hours: int) -> None:
        """Let a worker look at what is due, and pay back what is to go back."""
        self.world.now += timedelta(hours=hours)
        self.gateway.advance(hours * 3600)
        self.pass_time()
        before: dict[int, date | None] = all_ends()
        ends: dict[int, date] = {}
        due = CardPayment.objects.due(self.world.now).order_by("next_check_at", "pk")
        for payment in list(due):
            known = self.known[payment.pk]
            ends |= self.late(known, known.found_out(self.world.now))
            check_one(payment.pk)
        sweep_refunds()
        assert (before | ends).items() <= all_ends().items()  # new ones have none
        assert not CardRefund.objects.exclude(state="succeeded").exists()

    @invariant()
    def every_payment_is_as_known(self) -> None:
        """What the portal says of each payment, what the gateway did, and what came of it."""
        states = dict(CardPayment.objects.values_list("pk", "state"))
        assert states == {pk: known.state for pk, known in self.known.items()}
        did = sorted(each["metadata"]["key"] for each in self.gateway.charges())
        assert did == sorted(self.charged())
        back = CardRefund.objects.filter(state="succeeded").values_list("key", flat=True)
        assert sorted(each["key"] for each in self.gateway.refunds()) == sorted(back)
        checked = Order.objects.filter(state="checking").values_list("card_payment", flat=True)
        bought = {
            state: {
                pk
                for pk, each in self.known.items()
                if each.payment.purpose == "purchase" and each.state == state
            }
            for state in ("unknown", "confirming")
        }
        assert bought["unknown"] <= set(checked) <= bought["unknown"] | bought["confirming"]

    def charged(self) -> list[str]:
        """Return the keys of what the gateway took: once each, and nothing else."""
        took = [
            each
            for each in self.known.values()
            if each.state == "succeeded"
            or each.untold
            or (each.state == "unknown" and each.done == "succeeded")
        ]
        return [each.payment.key for each in took]
