"""Renewals paid from the balance, by one worker and by two, beside a bare statement."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from statistics import median
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from desk.bench import crews
from desk.bench.due import Due, lay_due
from desk.bench.ground import FULL, Ground, acme, moment
from desk.bench.rows import Figure, row
from desk.bench.statements import statement
from desk.bench.timing import milliseconds, timed
from licenses.models import Renewal
from licenses.renewing.charging import BATCH
from licenses.renewing.due import resellers_due
from licenses.renewing.engine import renew_reseller
from resellers.models import Reseller

MOST, LEAST, TURNS = 20_000, 400, 3


def renew_for(reseller_id: int) -> None:
    """Do what a worker does for one reseller."""
    now, reseller = timezone.now(), Reseller.objects.get(pk=reseller_id)
    renew_reseller(reseller, reseller.day_of(now), now=now, wait=False)


def by_workers(workers: int, due: Due) -> float:
    """Renew all that is due and return the seconds. Raises ValueError if something is left."""
    keys = [reseller.pk for reseller in due.resellers]
    taken = crews.seconds(workers, renew_for, keys)
    paid = Renewal.objects.filter(reseller__in=keys, state="paid", source="balance").count()
    if paid != due.licenses:
        raise ValueError(f"{paid} of {due.licenses} renewals were paid")
    return taken


def bare(due: Due) -> float:
    """Write the same rows without asking anything, and return the seconds."""
    values = {"amount": Decimal("1.00"), "today": acme().day_of(moment()), "size": BATCH}
    with timed() as watch:
        for reseller in due.resellers:
            above: int | None = 0
            while above is not None:
                above = _batch({**values, "reseller": reseller.pk, "above": above})
    return watch.seconds


def _batch(values: dict[str, Any]) -> int | None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement("renew_bare"), values)
        last, count = cursor.fetchone()
        return last if count == BATCH else None


def renewed(ground: Ground) -> dict[str, float]:
    """Return the medians of renewals a second; the three take turns."""
    wanted = min(MOST, max(LEAST, ground.full))
    deeds: dict[str, Callable[[Due], float]] = {
        "one": partial(by_workers, 1),
        "two": partial(by_workers, 2),
        "bare": bare,
    }
    rates: dict[str, list[float]] = {name: [] for name in deeds}
    with ground.on(FULL):
        bring_up_to_date()
        for turn in range(min(TURNS, ground.rounds)):
            for name, deed in deeds.items():
                due = lay_due(f"{name} {turn}", wanted)
                rates[name].append(due.licenses / deed(due))
    return {f"{name}_per_s": median(of_one) for name, of_one in rates.items()}


def bring_up_to_date() -> None:
    """Do what is due in the sample data, so that nothing else is measured."""
    for reseller in resellers_due(moment()):
        renew_for(reseller.pk)


@row("renewals a second from the balance, one worker", "a second", at_least=10_000, aim=True)
def renew_per_s(ground: Ground) -> Figure:
    """Let a pass find, judge, charge and write what is due at eight companies."""
    rates = ground.once("renewals", partial(renewed, ground))
    return Figure(rates["one_per_s"], rates)


@row("two workers against one", "x", at_least=1.6, aim=True)
def renew_two_workers(ground: Ground) -> Figure:
    """Let two processes share the companies."""
    rates = ground.once("renewals", partial(renewed, ground))
    return Figure(rates["two_per_s"] / rates["one_per_s"], rates)


@row("one worker against a bare statement that writes the same rows", "x", at_least=0.33, aim=True)
def renew_vs_limit(ground: Ground) -> Figure:
    """Write batches of 500 that ask nothing."""
    rates = ground.once("renewals", partial(renewed, ground))
    return Figure(rates["one_per_s"] / rates["bare_per_s"], rates)


@row("finding that nothing is due", "ms", at_most=50, aim=True)
def sweep_idle_ms(ground: Ground) -> Figure:
    """Look for due renewals after all of them were done."""
    with ground.on(FULL):
        bring_up_to_date()
        if resellers_due(moment()):
            raise ValueError("something is still due")
        return Figure(milliseconds(partial(resellers_due, moment()), ground.rounds))
