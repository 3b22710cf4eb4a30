"""How much sample data: what was asked for, and how it is shared out."""

from dataclasses import dataclass
from fractions import Fraction
from random import Random

STAGED_ORDERS = 20
BIG_ORDER, BIG_ORDER_FROM_ORDERS = 10_000, 100_000
MOST_RESELLERS, MOST_ORDERS, MOST_LICENSES = 1_000, 10_000_000, 10_000
MOST_IN_ALL = 100_000_000


class Unseedable(Exception):
    """The sample data cannot be made; the text says why and what to do."""


@dataclass(frozen=True)
class Sizes:
    """What was asked for; raises Unseedable where it cannot be kept."""

    resellers: int
    orders: int
    licenses_per_order: int
    seed: int

    def __post_init__(self) -> None:
        if not 2 <= self.resellers <= MOST_RESELLERS:
            raise Unseedable(f"Give from 2 to {MOST_RESELLERS:,} resellers: Acme, Globex, others.")
        if not 1 <= self.licenses_per_order <= MOST_LICENSES:
            raise Unseedable(f"Give from 1 to {MOST_LICENSES:,} licenses per order.")
        if not self.fewest_orders() <= self.orders <= MOST_ORDERS:
            raise Unseedable(
                f"Give from {self.fewest_orders():,} to {MOST_ORDERS:,} orders for "
                f"{self.resellers:,} resellers: Acme and Globex hold every kind of order."
            )
        if self.orders * self.licenses_per_order > MOST_IN_ALL:
            raise Unseedable(f"Give fewer orders or licenses: at most {MOST_IN_ALL:,} in all.")

    @property
    def acme_share(self) -> Fraction:
        """Return the part of all orders that is Acme's."""
        return max(Fraction(1, 10), Fraction(2, self.resellers + 1))

    def fewest_orders(self) -> int:
        """Return how many orders let the first two companies hold every kind of order."""
        for_acme = -(-STAGED_ORDERS // self.acme_share)
        for_others = -(-(STAGED_ORDERS + self.resellers - 2) // (1 - self.acme_share))
        return max(for_acme, for_others)

    @property
    def big_order(self) -> int:
        """Return the licenses of Acme's one very large order; 0 where there is none."""
        return BIG_ORDER if self.orders >= BIG_ORDER_FROM_ORDERS else 0

    @property
    def mean(self) -> float:
        """Return the licenses that every other order has on average."""
        whole = self.orders * self.licenses_per_order
        return max(1.0, (whole - self.big_order) / self.orders)

    def shared_out(self) -> list[int]:
        """Return the number of orders of each reseller: Acme's, Globex's, then the others'."""
        acme = round(self.orders * self.acme_share)
        rest = self.orders - acme
        random = Random(f"{self.seed}:shares")
        weights = [random.uniform(0.6, 1.3) for _ in range(self.resellers - 2)]
        globex = max(STAGED_ORDERS, int(rest * 1.4 / (1.4 + sum(weights))))
        if not weights:
            return [acme, rest]
        return [acme, globex, *_split(rest - globex, weights)]


def _split(total: int, weights: list[float]) -> list[int]:
    """Split a number by weights into whole parts of at least one that add up to it."""
    spare = total - len(weights)
    parts, done, weighed, everything = [], 0, 0.0, sum(weights)
    for weight in weights:
        weighed += weight
        upto = round(spare * weighed / everything)
        parts.append(upto - done + 1)
        done = upto
    return parts
