"""One pass of the engine over a reseller's renewals: batch after batch until nothing is due."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

import structlog
from django.db import transaction
from django.db.models import Count, Sum

from billing.models import ZERO
from billing.steps import lock_account
from billing.tasks import sweep
from licenses.models import AttemptOutcome, RenewalAttempt, Source
from licenses.renewing import cards
from licenses.renewing.charging import Result, charge_due
from licenses.renewing.due import one_pass
from licenses.renewing.settling import settle_paid
from reseller_portal.wake import wake
from resellers.models import Reseller

log = structlog.get_logger(__name__)


@dataclass
class Tally:
    """What a pass did for one reseller: how many tries came to what, and what they paid.

    `tried` are the tries that were left to the card.
    """

    reseller: Reseller
    parked: bool = False
    outcomes: Counter[tuple[Source, AttemptOutcome]] = field(default_factory=Counter)
    amounts: dict[Source, Decimal] = field(default_factory=dict)
    tried: list[int] = field(default_factory=list)
    stopped: bool = False

    def count(self, results: Sequence[Result]) -> None:
        """Add the results of a batch."""
        for result in results:
            self.outcomes[result.source, result.outcome] += 1
            if result.outcome == AttemptOutcome.PAID:
                paid = self.amounts.get(result.source, ZERO)
                self.amounts[result.source] = paid + (result.amount or ZERO)
            self.stopped = self.stopped or result.stops_the_balance

    def count_tried(self) -> None:
        """Count what the card's tries came to, in the place of what was not known then."""
        del self.outcomes[Source.CARD, AttemptOutcome.UNKNOWN]
        tried = RenewalAttempt.objects.filter(pk__in=self.tried).order_by().values_list("outcome")
        for outcome, count, amount in tried.annotate(Count("pk"), Sum("amount")):
            self.outcomes[Source.CARD, AttemptOutcome(outcome)] = count
            if outcome == AttemptOutcome.PAID:
                self.amounts[Source.CARD] = amount


def renew_reseller(reseller: Reseller, as_of: date, *, now: datetime, wait: bool = True) -> Tally:
    """Do what is due for a reseller on its day `as_of`, and return what came of it.

    However many periods were missed, it is brought up to date, and every charge has its outcome.
    Without `wait` nothing is waited for: where another pass is at it, it is left to that one, and
    charging cards to the workers, so that a slow gateway holds up no pass.
    """
    tally = Tally(reseller)
    if wait:
        cards.see_all_through(reseller)
        cards.free(reseller, as_of)
        while _one_pass(tally, as_of, now=now, wait=True):
            cards.see_all_through(reseller)
        tally.count_tried()
    else:
        cards.have_freed(reseller, as_of, now=now)
        if _one_pass(tally, as_of, now=now, wait=False):
            wake(sweep)
    log.info("renewed", reseller=reseller.pk, as_of=str(as_of), tries=tally.outcomes.total())
    return tally


def _one_pass(tally: Tally, as_of: date, *, now: datetime, wait: bool) -> bool:
    """Do batch after batch until nothing is due; return whether there is something to charge."""
    to_charge = False
    with one_pass(tally.reseller, wait=wait) as held:
        while held and (batch := renew_batch(tally, as_of, now=now)):
            to_charge = to_charge or bool(batch.attempts)
    return to_charge


@transaction.atomic(durable=True)
def renew_batch(tally: Tally, as_of: date, *, now: datetime) -> "Batch | None":
    """Pay or fail what is due next, in one transaction, and count it.

    Returns None when nothing is due, or the account is parked.
    """
    return _batch(tally, as_of, now=now)


def rehearse(reseller: Reseller, as_of: date, *, now: datetime) -> Tally:
    """Return what a pass would do, and write nothing: it is done and rolled back.

    A card is taken to pay whatever it is asked for.
    """
    tally = Tally(reseller)
    with one_pass(reseller, wait=True), transaction.atomic(durable=True):
        while batch := _batch(tally, as_of, now=now):
            for attempt in batch.attempts:
                settle_paid(attempt, now=now)
        tally.count_tried()
        transaction.set_rollback(True)
    return tally


@dataclass(frozen=True)
class Batch:
    """What a batch wrote; `attempts` are those that a card has to pay."""

    results: list[Result]
    attempts: list[RenewalAttempt]


def _batch(tally: Tally, as_of: date, *, now: datetime) -> Batch | None:
    account = lock_account(tally.reseller, parked_too=True)
    tally.parked = account.is_parked
    if account.is_parked:
        return None
    card = cards.renews(tally.reseller)
    results = charge_due(account, as_of, stopped=tally.stopped, card=card, now=now)
    if not results:
        return None
    tally.count(results)
    attempts = to_collect(results)
    tally.tried += [attempt.pk for attempt in attempts]
    cards.prepare(attempts, has_person=False, now=now)
    return Batch(results, attempts)


def to_collect(results: Sequence[Result]) -> list[RenewalAttempt]:
    """Return the tries among the results that a card has to pay, in their order."""
    keys = [each.renewal_id for each in results if each.outcome == AttemptOutcome.UNKNOWN]
    if not keys:
        return []
    attempts = RenewalAttempt.objects.filter(renewal__in=keys, outcome=AttemptOutcome.UNKNOWN)
    found = {each.renewal_id: each for each in attempts.select_related("renewal__license")}
    return [found[key] for key in keys]
