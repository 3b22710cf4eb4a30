"""Which exports there are. Each app declares its own in `exports.py`; this app writes them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from exports.csv import Column
from resellers.models import User
from resellers.roles import Right

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import Promise


def in_no_words(_user: User, _query: str, _now: datetime) -> str:
    """Say nothing about what an export covers."""
    return ""


@dataclass(frozen=True)
class ExportKind:
    """A kind of export.

    `slug` stands in its URL and begins its files' names. `right` is what a person needs to start it
    and to download its files. `rows(user, query, now)` gives the rows, ordered, of the user's own
    reseller for a list's query (URL-encoded); it raises Refusal for a query that is not valid, and
    is called before the job is stored and again when it runs, with the same `now`. `columns` are
    the same for everybody, or a function of the user. `covers` says in words which rows are meant,
    to every colleague: it must not repeat what may be an activation code.
    """

    slug: str
    label: "str | Promise"
    right: Right
    rows: Callable[[User, str, datetime], "QuerySet[Any]"]
    columns: Sequence[Column] | Callable[[User], Sequence[Column]]
    covers: Callable[[User, str, datetime], str] = in_no_words

    def columns_for(self, user: User) -> Sequence[Column]:
        """Return the columns that this person gets."""
        return self.columns(user) if callable(self.columns) else self.columns


_kinds: dict[str, ExportKind] = {}


def register(kind: ExportKind) -> None:
    """Declare a kind; raises ValueError for a slug that is taken."""
    if kind.slug in _kinds:
        raise ValueError(f"The export kind {kind.slug!r} is declared twice.")
    _kinds[kind.slug] = kind


def kind_named(slug: str) -> ExportKind:
    """Return a declared kind; raises KeyError for an unknown one."""
    return _kinds[slug]


def label_of(slug: str) -> str:
    """Return what people call a kind; the slug itself for one that is no longer declared."""
    kind = _kinds.get(slug)
    return str(kind.label) if kind else slug


def kinds_for(user: User) -> list[ExportKind]:
    """Return the kinds whose files this person may have."""
    return [kind for kind in _kinds.values() if user.may(kind.right)]
