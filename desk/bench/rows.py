"""What a row of the bench is: a figure, what it is compared with, and the limit asked of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from desk.bench.ground import Ground

Goal = Literal["at most", "at least"]


@dataclass(frozen=True)
class Figure:
    """What was measured; `beside` are the absolute figures that it was made of, by name and unit.

    A figure is a float of the row's unit.
    """

    value: float
    beside: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """What is measured, and how. A row without a limit is there to be compared with.

    `aim` marks a limit that is not promised yet: to fall short of it is no defect.
    """

    name: str
    compares: str
    unit: str
    limit: float | None
    goal: Goal
    aim: bool
    measure: "Callable[[Ground], Figure]"

    def holds(self, figure: Figure) -> bool | None:
        """Say whether a figure keeps to the limit; None where none is asked."""
        if self.limit is None:
            return None
        if self.goal == "at most":
            return figure.value <= self.limit
        return figure.value >= self.limit


Measure = Callable[["Ground"], Figure]


def row(
    compares: str,
    unit: str,
    *,
    at_most: float | None = None,
    at_least: float | None = None,
    aim: bool = False,
) -> Callable[[Measure], Row]:
    """Make a row of the decorated function, whose name it gets; `compares` is what with what.

    At most one of the two limits is given.
    """
    limit = at_least if at_most is None else at_most
    goal: Goal = "at most" if at_least is None else "at least"

    def declare(measure: Measure) -> Row:
        return Row(measure.__name__, compares, unit, limit, goal, aim, measure)

    return declare
