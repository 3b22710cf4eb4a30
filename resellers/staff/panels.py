"""What staff's page of a thing shows besides its fields: a few rows of what belongs to it.

An app gives panels to the models of the apps above it: `@shown_on(Reseller)`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode

from resellers.staff.buttons import ButtonLink
from resellers.staff.columns import Column

FEW = 5


@dataclass(frozen=True)
class Panel:
    """A titled table, or facts where there are no `heads`; `empty` is what it says without rows."""

    title: "str | Promise"
    heads: Sequence[Any]
    rows: Sequence[Sequence[Any]]
    empty: "str | Promise" = ""
    url: str = ""
    more: "str | Promise" = ""
    links: Sequence[ButtonLink] = ()
    warning: str = ""


Show = Callable[[Any, datetime], Panel | None]

_shown: dict[type[Model], list[tuple[int, Show]]] = {}


def shown_on(model: type[Model], place: int) -> Callable[[Show], Show]:
    """Show the decorated function's panel on the pages of a model, in the order of `place`."""

    def show(panel: Show) -> Show:
        _shown.setdefault(model, []).append((place, panel))
        return panel

    return show


def panels_of(obj: Model, now: datetime) -> list[Panel]:
    """Return the panels of an object's page."""
    shows = sorted(_shown.get(type(obj), []), key=lambda entry: entry[0])
    made = (show(obj, now) for _place, show in shows)
    return [panel for panel in made if panel is not None]


def table(
    title: "str | Promise", columns: Sequence[Column], objects: Iterable[Any], **more: Any
) -> Panel:
    """Return a panel with a row for each object, in columns as those of a list."""
    heads = [getattr(column, "short_description", "") for column in columns]
    rows = [[column(each) for column in columns] for each in objects]
    return Panel(title, heads, rows, **more)


def list_of(model: type[Model], **query: str | int) -> str:
    """Return the address of a model's list, narrowed to what belongs to something."""
    meta = model._meta
    path = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    return f"{path}?{urlencode(query)}" if query else path
