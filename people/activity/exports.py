"""The record as CSV: of each change only what its sentence names."""

from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, F, Func, QuerySet, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Concat
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy as _

from billing.exports import InTheZone
from exports.csv import Column
from exports.kinds import ExportKind, register
from people.activity.filters import ActivityFilter
from resellers.models import AuditEvent, User
from resellers.record import sentences
from resellers.roles import Right


def activity(user: User, query: str, now: datetime) -> QuerySet[AuditEvent]:
    """Return the events that a list's query shows, sorted like the list.

    Raises Refusal for a query that is not valid.
    """
    found: Any = asked_for(user, query, now).found_or_refused()
    events: QuerySet[AuditEvent] = found
    return events


def asked_for(user: User, query: str, now: datetime) -> ActivityFilter:
    """Return the list's filters as they stand in a URL-encoded query."""
    return ActivityFilter(QueryDict(query), user=user, now=now)


def covered(user: User, query: str, now: datetime) -> str:
    """Return in words which part of the record is meant."""
    words = [chip.label for chip in asked_for(user, query, now).chips()]
    return " · ".join(words) or gettext("Without any filter")


def activity_columns(_user: User) -> list[Column]:
    """Return the columns of the record; their headers and their order are fixed."""
    return [
        Column("Date", InTheZone("at"), text=False),
        Column("Person", "actor__name"),
        Column("E-mail", "actor__email"),
        Column("What", what()),
        Column("About", "about"),
        Column("Details", details()),
        Column("Address", F("address")),
    ]


def what() -> Case:
    """Return what was done, as an expression."""
    cases = [When(verb=one.verb, then=Value(str(one.label))) for one in sentences()]
    return Case(*cases, default=F("verb"), output_field=CharField())


def details() -> Case:
    """Return what changed, as `name: value; …`: what the verb's sentence shows, no other value."""
    cases = [
        When(verb=one.verb, then=Joined(*(pair(key) for key in one.keys)))
        for one in sentences()
        if one.keys
    ]
    return Case(*cases, default=Value(""), output_field=CharField())


class Joined(Func):
    """Those of the texts that are there, with semicolons between them."""

    function = "concat_ws"
    output_field = CharField()

    def __init__(self, *texts: Any, **extra: Any) -> None:
        super().__init__(Value("; "), *texts, **extra)


def pair(key: str) -> Any:
    """Return one change with its name; nothing where it is not there."""
    value = KeyTextTransform(key, "changes")
    there = Concat(Value(f"{key.replace('_', ' ')}: "), value, output_field=CharField())
    return Case(When(changes__has_key=key, then=there), default=None, output_field=CharField())


register(
    ExportKind("activity", _("Activity"), Right.ADMINISTER, activity, activity_columns, covered)
)
