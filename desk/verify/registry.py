"""How an invariant is declared, and how all of them are checked."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from time import monotonic

from django.db import connection, transaction
from psycopg2.sql import Composed

MOST_ROWS = 1_000
Check = Callable[[], Iterable[str]]


@dataclass(frozen=True)
class Invariant:
    """A rule: its name, the rule as a sentence, and the public ids of what breaks it."""

    name: str
    sentence: str
    offenders: Check


@dataclass(frozen=True)
class Result:
    """What a check found: at most MOST_ROWS of the ids that break the rule, and the seconds."""

    name: str
    sentence: str
    rows: list[str]
    seconds: float


_invariants: dict[str, Invariant] = {}


def invariant(sentence: str) -> Callable[[Check], Check]:
    """Declare the decorated function as an invariant; its name is the function's, with dashes.

    Raises ValueError for a name that is taken.
    """

    def declare(check: Check) -> Check:
        name = check.__name__.replace("_", "-")
        if name in _invariants:
            raise ValueError(f"The invariant {name!r} is declared twice.")
        _invariants[name] = Invariant(name, sentence, check)
        return check

    return declare


def offending(query: str | Composed, **parameters: str | int) -> Iterator[str]:
    """Yield the one column of a query, as text."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        while found := cursor.fetchmany(MOST_ROWS):
            yield from (str(row[0]) for row in found)


def invariants() -> list[Invariant]:
    """Return every invariant, in the sequence in which they were declared."""
    from desk.verify import activation, jobs, licenses, orders, tenancy  # noqa: F401

    return list(_invariants.values())


def check_all() -> Iterator[Result]:
    """Check every invariant on one snapshot of the data, and yield what was found, one by one."""
    alone = not connection.in_atomic_block
    with transaction.atomic():
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute("SET LOCAL work_mem = '64MB'")
        for rule in invariants():
            began = monotonic()
            rows = list(islice(rule.offenders(), MOST_ROWS))
            yield Result(rule.name, rule.sentence, rows, monotonic() - began)
