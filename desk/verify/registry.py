"""How an invariant is declared, and how all of them are checked."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from time import monotonic
from typing import Any

from django.db import connection, transaction
from psycopg2.sql import Composed

MOST_ROWS = 1_000
Check = Callable[[], Iterable[str]]
AccountCheck = Callable[[], Iterable[tuple[int, str]]]
Offender = tuple[int | None, str]


@dataclass(frozen=True)
class Invariant:
    """A rule: its name, the rule as a sentence, and what breaks it.

    An offender is a public id; of a rule about money, with the key of the reseller whose account
    may not go on.
    """

    name: str
    sentence: str
    offenders: Callable[[], Iterable[Offender]]


@dataclass(frozen=True)
class Result:
    """What a check found: at most MOST_ROWS of the ids that break the rule, and the seconds.

    `resellers` are the keys of those whose money is concerned.
    """

    name: str
    sentence: str
    rows: list[str]
    resellers: set[int]
    seconds: float


_invariants: dict[str, Invariant] = {}


def invariant(sentence: str) -> Callable[[Check], Check]:
    """Declare the decorated function as an invariant; its name is the function's, with dashes.

    Raises ValueError for a name that is taken.
    """

    def declare(check: Check) -> Check:
        _add(check.__name__, sentence, lambda: ((None, row) for row in check()))
        return check

    return declare


def account_invariant(sentence: str) -> Callable[[AccountCheck], AccountCheck]:
    """Declare a function as an invariant about money: it returns (key of reseller, public id).

    An account that breaks it is parked when that is found. Raises ValueError for a name that is
    taken.
    """

    def declare(check: AccountCheck) -> AccountCheck:
        _add(check.__name__, sentence, check)
        return check

    return declare


def _add(name: str, sentence: str, offenders: Callable[[], Iterable[Offender]]) -> None:
    name = name.replace("_", "-")
    if name in _invariants:
        raise ValueError(f"The invariant {name!r} is declared twice.")
    _invariants[name] = Invariant(name, sentence, offenders)


def offending(query: str | Composed, **parameters: str | int) -> Iterator[str]:
    """Yield the one column of a query, as text."""
    for (row,) in _rows(query, parameters):
        yield str(row)


def offending_accounts(query: str, **parameters: str | int) -> Iterator[tuple[int, str]]:
    """Yield the two columns of a query: the key of a reseller, and a public id as text."""
    for reseller, row in _rows(query, parameters):
        yield reseller, str(row)


def _rows(query: str | Composed, parameters: dict[str, str | int]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        while found := cursor.fetchmany(MOST_ROWS):
            yield from found


def invariants() -> list[Invariant]:
    """Return every invariant, in the sequence in which they were declared."""
    from desk.verify import (  # noqa: F401
        activation,
        billing,
        jobs,
        licenses,
        mailing,
        notices,
        orders,
        payments,
        refunds,
        renewals,
        tenancy,
    )

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
            found = list(islice(rule.offenders(), MOST_ROWS))
            resellers = {reseller for reseller, _ in found if reseller is not None}
            rows = [row for _, row in found]
            yield Result(rule.name, rule.sentence, rows, resellers, monotonic() - began)
