"""How many licenses an order has: varied, but right in total."""

from dataclasses import dataclass
from random import Random

FACTORS = (0.1, 0.2, 0.3, 0.5, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0)
WEIGHTS = (16, 13, 10, 18, 22, 6, 6, 5, 3, 1)
ORDERS_TO_CATCH_UP = 25


@dataclass
class Quantities:
    """Draws quantities around a mean so that what was issued follows orders × mean closely.

    `owed` is what should have been issued so far less what was: orders without licenses, and the
    staged ones, are made up for by those that follow.
    """

    mean: float
    owed: float = 0.0

    def draw(self, random: Random) -> int:
        """Return the quantity of the next order."""
        factor = random.choices(FACTORS, WEIGHTS)[0]
        aim = self.mean + max(-0.6 * self.mean, min(self.mean, self.owed / ORDERS_TO_CATCH_UP))
        return max(1, round(factor * aim))

    def issued(self, licenses: int) -> None:
        """Take down that one more order got so many licenses (0 if it was not paid)."""
        self.owed += self.mean - licenses
