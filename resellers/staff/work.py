"""What waits for somebody: the queues of each kind of work, and how much is in them.

An app declares its own beside its lists, by `queue`. What a person has to see to stands out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Min, Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reseller_portal.display import day_text, moment_text
from reseller_portal.jobs import JobState
from resellers.models import Reseller
from resellers.staff.panels import list_of

MOST = 1000

Label = str | Promise
Rows = Callable[[Any, datetime], QuerySet[Any]]


@dataclass(frozen=True)
class Pile:
    """Rows of a queue in one state: how they are kept, and how the list's address keeps the same.

    `attention` says what waits for a person; it is empty where workers see to the rows. Staff get
    a mail of it once a day, unless they are `told_singly` of each row when it comes.
    """

    label: Label
    query: Mapping[str, str]
    rows: Rows
    attention: Label = ""
    hint: Label = ""
    since: str = ""
    told_singly: bool = False


@dataclass(frozen=True)
class Queue:
    """One kind of work, by its model.

    `since` is the field that says how long a row waits, unless its pile has another.
    """

    label: Label
    model: type[Model]
    since: str
    piles: Sequence[Pile]


@dataclass(frozen=True)
class Standing:
    """How much is in a pile, and since when its oldest row waits."""

    pile: Pile
    found: int
    oldest: str
    url: str

    @property
    def number(self) -> str:
        """Return the count as it is shown."""
        return f"{MOST:,}+" if self.found > MOST else f"{self.found:,}"

    @property
    def is_urgent(self) -> bool:
        """Say whether a person has to see to it."""
        return bool(self.pile.attention and self.found)


_queues: list[tuple[int, Queue]] = []


def queue(place: int, made: Queue) -> None:
    """Declare a queue; they stand in the order of `place`."""
    _queues.append((place, made))


def work(now: datetime) -> list[tuple[Queue, list[Standing]]]:
    """Return every queue with what waits in it: one query a pile, however much it is."""
    return [(each, standings(each, each.piles, now)) for each in _in_order()]


def attention(now: datetime, reseller: Reseller | None = None) -> list[Standing]:
    """Return what a person has to see to, of all resellers or of one."""
    found: list[Standing] = []
    for each in _in_order():
        piles = [pile for pile in each.piles if pile.attention]
        found += standings(each, piles, now, reseller)
    return [standing for standing in found if standing.is_urgent]


def standings(
    of: Queue, piles: Sequence[Pile], now: datetime, reseller: Reseller | None = None
) -> list[Standing]:
    """Count the piles of a queue, of all resellers or of one."""
    every = of.model._default_manager.all()
    rows = every if reseller is None else every.filter(reseller=reseller)
    narrowed = {} if reseller is None else {"reseller__id__exact": str(reseller.pk)}
    return [_standing(of, pile, pile.rows(rows, now), narrowed) for pile in piles]


def jobs(late: Label, given_up: Label) -> list[Pile]:
    """Return the piles of any kind of job; the arguments say what waits for a person."""
    return [
        Pile(_("Queued"), {"state__exact": "queued"}, in_state(JobState.QUEUED)),
        Pile(_("Running"), {"state__exact": "running"}, in_state(JobState.RUNNING)),
        Pile(
            _("Late"),
            {"late": "yes"},
            lambda rows, now: rows.late(now),
            late,
            _("due for longer than any sweep explains: look at the workers"),
        ),
        Pile(
            _("Given up"),
            {"given_up": "yes"},
            lambda rows, _now: rows.given_up(),
            given_up,
            _("failed or stuck: see why, and try again"),
        ),
    ]


def in_state(state: str) -> Rows:
    """Return how the rows in a state are kept."""
    return lambda rows, _now: rows.filter(state=state)


def _in_order() -> list[Queue]:
    return [made for _place, made in sorted(_queues, key=lambda entry: entry[0])]


def _standing(of: Queue, pile: Pile, rows: QuerySet[Any], narrowed: dict[str, str]) -> Standing:
    since = pile.since or of.since
    counted = rows.order_by(since)[: MOST + 1].aggregate(found=Count("pk"), oldest=Min(since))
    url = list_of(of.model, **pile.query, **narrowed)
    return Standing(pile, counted["found"], _in_words(counted["oldest"]), url)


def _in_words(since: date | datetime | None) -> str:
    if since is None:
        return ""
    return moment_text(since) if isinstance(since, datetime) else day_text(since)
