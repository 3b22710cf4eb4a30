"""What a single order is about: the hand-set ones that a company always has, and drawn ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from desk.seed.clock import days_ago
from desk.seed.products import LINES, terms
from desk.seed.quantities import Quantities
from orders.models import OrderState, PaymentType

PROCESSED, REFUNDED = OrderState.PROCESSED, OrderState.REFUNDED
CHECKING, FAILED = OrderState.CHECKING, OrderState.FAILED
BALANCE, CARD = PaymentType.BALANCE, PaymentType.CARD


@dataclass(frozen=True, kw_only=True)
class Deal:
    """One order's facts without its people and money; `days_ago` 0 is today."""

    product: int
    term: int = 12
    days_ago: int = 0
    quantity: int = 5
    sold: int = 0
    cancelled_sold: int = 0
    cancelled_unsold: int = 0
    state: str = PROCESSED
    payment: str = BALANCE
    recurrent: bool = False
    delay_days: int = 0
    kept: float = 1.0
    failing: float = 0.0
    switched: float = 0.0
    newest: bool = False

    @property
    def licenses(self) -> int:
        """Return how many licenses were issued."""
        return 0 if self.state in {CHECKING, FAILED} else self.quantity


TODAY = (
    Deal(product=0, quantity=8, sold=2, recurrent=True, newest=True),
    Deal(product=3, quantity=4, payment=CARD),
    Deal(product=5, quantity=3, sold=3, recurrent=True),
    Deal(product=1, quantity=6, payment=CARD, state=CHECKING),
)
PAST = (
    Deal(product=2, term=1, days_ago=36, quantity=3, sold=2, kept=0),  # in grace
    Deal(product=6, term=1, days_ago=38, quantity=2, sold=2, kept=0, recurrent=True, failing=1),
    Deal(product=4, term=1, days_ago=130, quantity=4, sold=4, kept=0),  # expired
    Deal(product=7, term=1, days_ago=420, quantity=2, sold=2, recurrent=True),  # renewed each month
    Deal(product=8, days_ago=800, quantity=6, sold=5, recurrent=True, payment=CARD),
    Deal(product=9, days_ago=90, quantity=5, sold=3),
    Deal(product=10, days_ago=60, quantity=10, sold=4, cancelled_sold=1, state=REFUNDED),
    Deal(
        product=11,
        term=1,
        days_ago=200,
        quantity=30,
        sold=27,
        cancelled_sold=27,
        cancelled_unsold=3,
        state=REFUNDED,
        payment=CARD,
        recurrent=True,
    ),  # some of them were renewed from the balance
    Deal(product=0, days_ago=12, quantity=20, payment=CARD, state=FAILED),
    Deal(product=1, days_ago=1, quantity=2, payment=CARD, state=CHECKING),
    Deal(product=5, term=24, days_ago=300, quantity=7, sold=4, recurrent=True, switched=0.5),
    Deal(product=3, days_ago=340, quantity=4, sold=2),  # ends within thirty days
    Deal(product=6, term=36, days_ago=500, quantity=5, sold=1, cancelled_unsold=1, state=REFUNDED),
)
STAGED = (*TODAY, *PAST)


@dataclass
class Drawing:
    """Draws an ordinary company's orders."""

    random: Random
    quantities: Quantities

    def today(self) -> Deal:
        """Return one of today's orders; few of their licenses are activated yet."""
        return self._paid(0, sold_most=0.4)

    def past(self) -> Deal:
        """Return an order of the last three years."""
        age = days_ago(self.random)
        fate = self.random.random()
        if fate < 0.015:
            return self._unpaid(age, FAILED)
        if fate < 0.025 and age <= 30:
            return self._unpaid(age, CHECKING)
        if fate < 0.06:
            return self._refunded(age)
        return self._paid(age, sold_most=1.0)

    def _unpaid(self, age: int, state: str) -> Deal:
        product, term = self._wish()
        quantity = self.quantities.draw(self.random)
        return Deal(
            product=product, term=term, days_ago=age, quantity=quantity, state=state, payment=CARD
        )

    def _paid(self, age: int, *, sold_most: float) -> Deal:
        product, term = self._wish()
        quantity = self.quantities.draw(self.random)
        monthly = term == 1
        return Deal(
            product=product,
            term=term,
            days_ago=age,
            quantity=quantity,
            sold=int(quantity * self._sold_part(age) * sold_most),
            payment=CARD if self.random.random() < 0.3 else BALANCE,
            recurrent=self.random.random() < (0.75 if monthly else 0.55),
            delay_days=min(max(0, age - 1), self.random.choice((0, 2, 7, 30, 120))),
            kept=0.1 if monthly else 0.7,
            failing=0.04,
            switched=0.08,
        )

    def _refunded(self, age: int) -> Deal:
        product, term = self._wish()
        quantity = self.quantities.draw(self.random)
        sold = int(quantity * self._sold_part(age))
        whole = self.random.random() < 0.25
        of_sold = sold if whole else min(sold, self.random.randint(0, 2))
        of_unsold = quantity - sold if whole else min(quantity - sold, self.random.randint(0, 2))
        if of_sold + of_unsold == 0:
            of_sold, of_unsold = min(1, sold), 0 if sold else 1
        return Deal(
            product=product,
            term=term,
            days_ago=age,
            quantity=quantity,
            sold=sold,
            cancelled_sold=of_sold,
            cancelled_unsold=of_unsold,
            state=REFUNDED,
            payment=CARD if self.random.random() < 0.4 else BALANCE,
            recurrent=self.random.random() < 0.5,
            kept=0.6,
        )

    def _wish(self) -> tuple[int, int]:
        product = min(int(self.random.random() ** 1.3 * len(LINES)), len(LINES) - 1)
        offered = terms(LINES[product])
        return product, self.random.choices(offered, (5, 85, 6, 4)[: len(offered)])[0]

    def _sold_part(self, age: int) -> float:
        """Return which part was activated: some orders none, many all, the younger the fewer."""
        kind = self.random.random()
        part = 0.0 if kind < 0.06 else 1.0 if kind < 0.6 else self.random.uniform(0.4, 1)
        return part * min(1.0, 0.3 + age / 40)


def big_deal(quantity: int) -> Deal:
    """Return one very large order."""
    return Deal(
        product=0, days_ago=45, quantity=quantity, sold=quantity * 3 // 5, recurrent=True,
        delay_days=40, kept=1, switched=0.05,
    )  # fmt: skip


def deals(*, orders: int, staged: bool, big: int, today: int, drawing: Drawing) -> Iterator[Deal]:
    """Yield a company's deals: the staged ones if it always holds every kind, then drawn ones."""
    fixed = list(STAGED) if staged else []
    fixed += [big_deal(big)] if big else []
    for at in range(orders):
        if at < len(fixed):
            deal = fixed[at]
        elif at < len(fixed) + today:
            deal = drawing.today()
        else:
            deal = drawing.past()
        if not big or deal.quantity != big:
            drawing.quantities.issued(deal.licenses)
        yield deal
