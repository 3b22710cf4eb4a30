"""Medians, because the machine does other things meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

WARM_UP = 2


@dataclass
class Stopwatch:
    """Seconds from `started` until now, or until it was stopped."""

    seconds: float = 0.0


@contextmanager
def timed() -> Iterator[Stopwatch]:
    """Time the block."""
    watch, began = Stopwatch(), perf_counter()
    try:
        yield watch
    finally:
        watch.seconds = perf_counter() - began


def milliseconds(deed: Callable[[], Any], rounds: int) -> float:
    """Return the median of so many rounds, after a few that warm up."""
    return median(each(deed, rounds))


def each(deed: Callable[[], Any], rounds: int) -> list[float]:
    """Return how long each of so many rounds took, in milliseconds."""
    for _ in range(WARM_UP):
        deed()
    return [once(deed) for _ in range(rounds)]


def once(deed: Callable[[], Any]) -> float:
    """Return how long it takes, in milliseconds."""
    with timed() as watch:
        deed()
    return watch.seconds * 1000


def side_by_side(deeds: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Return the median of each deed in milliseconds; all take turns, so that noise hits all."""
    taken: dict[str, list[float]] = {name: [] for name in deeds}
    turns = 3
    for _ in range(turns):
        for name, deed in deeds.items():
            taken[name] += each(deed, max(1, rounds // turns))
    return {name: median(of_one) for name, of_one in taken.items()}
