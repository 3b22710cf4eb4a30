"""What a list's address may say: filters and sort, read the same by the page and by its export."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.text import Truncator
from django.utils.translation import gettext, gettext_lazy as _
from django_filters import DateFilter, FilterSet

from reseller_portal.display import day_text
from reseller_portal.panel_fields import PanelField
from reseller_portal.refusals import Refusal
from reseller_portal.widgets import KeepingSelect

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from resellers.models import Reseller, User

SIZES = (25, 50, 100)
LAST = "last"
# What stands beside the count of the rows belongs to the search panel above it.
BESIDE_THE_COUNT = {"form": "search"}
FROM_THE_END = re.compile(rf"{LAST}(?:-([0-9]{{1,9}}))?")


@dataclass(frozen=True)
class Sort:
    """One way to order a list: its label and its columns; the row's key always follows them."""

    label: "_StrOrPromise"
    columns: tuple[str | Combinable, ...]

    def order_by(self) -> tuple[Any, ...]:
        """Return a total order: the row's key goes the way of the last column."""
        return (*self.columns, "-pk" if str(self.columns[-1]).startswith("-") else "pk")


@dataclass(frozen=True)
class Range:
    """Two date fields that bound one thing, both days inclusive.

    `apply` names the method of the filter set that takes the rows and both days.
    """

    first: str
    last: str
    label: "_StrOrPromise"
    apply: str

    @property
    def names(self) -> tuple[str, str]:
        """Return the names of both fields."""
        return self.first, self.last


@dataclass(frozen=True)
class Row:
    """A row that may be chosen; one that is a thing of the past is part of the history."""

    pk: int
    name: str
    is_past: bool

    @property
    def label(self) -> str:
        """Return the name, and whether it is a thing of the past."""
        if self.is_past:
            return gettext("%(name)s (no longer in use)") % {"name": self.name}
        return self.name


# What a choice shows of its rows. Written by hand, as every page of a list asks it: Django takes
# longer to word three such questions as one than PostgreSQL takes to answer them.
OFFER: Final = """
SELECT %s, offered.key::varchar, offered.pk, offered.name, {past}
FROM ({rows}) AS offered (key, pk, name, past)
"""
PAST: Final = {"retired_at": "coalesce(past <= %s, false)", "is_active": "NOT past"}


@dataclass(frozen=True)
class Chip:
    """An active filter in words, and the address of the list without it."""

    label: str
    url: str


@dataclass(frozen=True)
class Problem:
    """What is wrong with one parameter; `target` is the id of its field, where there is one."""

    label: str
    text: str
    target: str


def whole(text: str) -> int | None:
    """Return a whole number as typed, or None. What no page could need comes back as 10**9."""
    digits = text.strip().removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        return None
    number = min(int(digits[:12]), 10**9)
    return -number if text.strip().startswith("-") else number


def from_the_end(text: str) -> int | None:
    """Return how many pages before the last are meant by `last`, `last-1`, …; None by others."""
    found = FROM_THE_END.fullmatch(text.strip())
    return int(found[1] or 0) if found else None


def page_number(text: str) -> None:
    """Raise ValidationError unless a text is a number, or names a page from the end."""
    if from_the_end(text) is None and whole(text) is None:
        raise ValidationError(_("Give a number, or “last”."))


def page_size(text: str) -> None:
    """Raise ValidationError unless a text is a number."""
    if whole(text) is None:
        raise ValidationError(_("Give a number from 1 to %(most)d."), params={"most": SIZES[-1]})


class FilterForm(forms.Form):
    """The fields of a filter set; every one may be left out, none may be given twice."""

    all_optional = True
    bound_field_class = PanelField

    page = forms.CharField(
        label=_("Page"), required=False, validators=[page_number], widget=forms.HiddenInput
    )
    page_size = forms.CharField(
        label=_("Per page"),
        required=False,
        validators=[page_size],
        widget=KeepingSelect(choices=[(size, size) for size in SIZES]),
    )

    def __init__(
        self, data: QueryDict, *, of: type["ListFilter"], fields: Mapping[str, forms.Field]
    ) -> None:
        super().__init__(data)
        self.of, self.ranges = of, of.ranges
        self.fields.update(fields)  # they belong to this form alone: nothing has to be copied

    def clean(self) -> dict[str, Any]:
        """Refuse repeated parameters, and ranges that end before they begin: one error a field."""
        for name in self.fields:
            if len(self.data.getlist(name)) > 1:  # type: ignore[attr-defined]
                self.errors.pop(name, None)
                self.add_error(name, ValidationError(_("Give one value only."), code="repeated"))
        for pair in self.ranges:
            self._check_range(pair)
        for errors in self.errors.values():
            del errors[1:]
        return self.cleaned_data

    def _check_range(self, pair: Range) -> None:
        first, last = (self.cleaned_data.get(name) for name in pair.names)
        if first and last and first > last:
            message = _("Choose %(first)s or a later day: the range ends before it begins.")
            values = {"first": day_text(first)}
            self.add_error(pair.last, ValidationError(message, code="backwards", params=values))


class DayFilter(DateFilter):  # type: ignore[misc]
    """One end of a range: it takes effect together with the other end."""

    def filter(self, qs: QuerySet[Any], value: date | None) -> QuerySet[Any]:
        """Leave the rows to the range."""
        return qs


class ListFilter(FilterSet):  # type: ignore[misc]
    """The filters of one list, for one person, at one moment.

    A subclass declares the filters, `sorts` (the first is the default) and `ranges`, begins in
    `start` with the rows of the person's own company, and may give `defaults`, which stand in when
    no filter parameter is there at all. One that is there but empty is no bound. `far` names those
    that look into many rows of another table, which should happen once.
    """

    sorts: ClassVar[Mapping[str, Sort]]
    ranges: ClassVar[tuple[Range, ...]] = ()
    far: ClassVar[tuple[str, ...]] = ()

    def __init__(self, data: QueryDict, *, user: "User", now: datetime) -> None:
        if user.reseller is None:
            raise ValueError("lists are for people of a reseller")
        self.user, self.now = user, now
        self.reseller: Reseller = user.reseller
        self.today: date = self.reseller.day_of(now)
        self.by_default = not any(name in data for name in self.base_filters)
        super().__init__(data=self._completed(data), queryset=self.start())

    def start(self) -> QuerySet[Any]:
        """Return all rows that the person may see."""
        raise NotImplementedError

    def defaults(self) -> dict[str, str]:
        """Return the parameters that stand in when none is given."""
        return {}

    def _completed(self, data: QueryDict) -> QueryDict:
        completed = data.copy()
        if self.by_default:
            completed.update(self.defaults())
        return completed

    @cached_property
    def form(self) -> FilterForm:
        """Return the fields of the filters, and the sort: checked and kept like one, but none."""
        choices = [(key, sort.label) for key, sort in self.sorts.items()]
        sort = forms.ChoiceField(
            label=_("Sort by"),
            choices=choices,
            required=False,
            widget=KeepingSelect(attrs=BESIDE_THE_COUNT),
            error_messages={"invalid_choice": _("Choose one of the list.")},
        )
        fields = {name: filter_.field for name, filter_ in self.filters.items()}
        made: FilterForm = self._meta.form(
            self.data, of=type(self), fields={**fields, "sort": sort}
        )
        return made

    def offer(self, **rows: QuerySet[Any]) -> None:
        """Offer these rows in the choices of these names: one query loads them all."""
        self._offers = rows
        for name in rows:
            self.filters[name].extra["choices"] = partial(self._choices, name)

    @cached_property
    def _offered(self) -> dict[str, dict[str, Row]]:
        offered: dict[str, dict[str, Row]] = {name: {} for name in self._offers}
        parts, values = zip(*(self._offer(name) for name in self._offers), strict=True)
        with connection.cursor() as cursor:
            cursor.execute(f"{'UNION ALL'.join(parts)} ORDER BY 4, 3", list(chain(*values)))
            for name, key, *row in cursor.fetchall():
                offered[name][key] = Row(*row)
        return offered

    def _offer(self, name: str) -> tuple[str, list[Any]]:
        rows, key = self._offers[name].order_by(), self.filters[name].key
        past = "retired_at" if hasattr(rows.model, "retired_at") else "is_active"
        sql, values = rows.values_list(key, "pk", "name", past).query.sql_with_params()
        moment = [self.now] if past == "retired_at" else []
        return OFFER.format(past=PAST[past], rows=sql), [name, *moment, *values]

    def _choices(self, name: str) -> list[tuple[str, str]]:
        return [(key, row.label) for key, row in self._offered[name].items()]

    def row_named(self, name: str, key: str) -> int:
        """Return the primary key of the row that is named so in the choice of this name."""
        return self._offered[name][key].pk

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Apply every filter, each to its own value."""
        for name, filter_ in self.filters.items():
            queryset = filter_.filter(queryset, self.form.cleaned_data.get(name))
        for pair in self.ranges:
            days = [self.form.cleaned_data.get(name) for name in pair.names]
            if any(days):
                queryset = getattr(self, pair.apply)(queryset, *days)
        return queryset

    @property
    def sort(self) -> str:
        """Return the key of the chosen order; the default while the choice is none or wrong."""
        return self._cleaned("sort") or next(iter(self.sorts))

    def found(self) -> QuerySet[Any]:
        """Return the rows that match, unsorted; none while a value is invalid."""
        rows: QuerySet[Any] = self.qs if self.is_valid() else self.queryset.none()
        return rows.order_by()

    def found_sorted(self) -> QuerySet[Any]:
        """Return the rows that match, in the chosen order."""
        rows = self.found()
        return rows.order_by(*self.sorts[self.sort].order_by())

    @property
    def size(self) -> int:
        """Return how many rows a page holds: what was asked for, from 1 to the largest."""
        asked = whole(self._cleaned("page_size"))
        return SIZES[0] if asked is None else min(max(asked, 1), SIZES[-1])

    @property
    def page(self) -> str:
        """Return the page that was asked for: a number, `last`, or nothing."""
        return self._cleaned("page")

    def _cleaned(self, name: str) -> str:
        return "" if name in self.form.errors else str(self.form.cleaned_data.get(name) or "")

    def problems(self) -> list[Problem]:
        """Return what is wrong with the address, in words."""
        fields = self.form.fields
        return [
            Problem(str(fields[name].label), str(text), self._target(name))
            for name, errors in self.form.errors.items()
            for text in errors
        ]

    def _target(self, name: str) -> str:
        field = self.form[name]
        return "" if field.is_hidden else f"#{field.auto_id}"

    def found_or_refused(self) -> QuerySet[Any]:
        """Return the rows that match, sorted. Raises Refusal with the first error there is."""
        for problem in self.problems():
            raise Refusal(f"{problem.label}: {problem.text}")
        return self.found_sorted()

    # What the address says, in words and back

    def given(self) -> dict[str, str]:
        """Return the filters that bound something, as text, defaults among them."""
        values = {name: self.data.get(name, "").strip() for name in self.filters}
        return {name: value for name, value in values.items() if value}

    def query(self, *, without: Iterable[str] = (), **changes: str) -> str:
        """Return the shortest query string that says the same, but for the changes.

        A list without any bound keeps one empty parameter, because an address without parameters
        means the defaults.
        """
        gone = set(without)
        values = {**self.given(), **self._kept(), **changes}
        kept = {name: value for name, value in values.items() if value and name not in gone}
        bounds = {name: kept.pop(name) for name in self.filters if name in kept}
        nothing = dict.fromkeys([*self.defaults()][:1], "")
        return urlencode({**(bounds or nothing), **kept})

    def own_query(self, page: str = "") -> str:
        """Return the shortest query string of a page of the list: none for the bare list."""
        if not self.by_default:
            return self.query(page=page)
        kept = {name: value for name, value in {**self._kept(), "page": page}.items() if value}
        return urlencode(kept)

    def _kept(self) -> dict[str, str]:
        sort = "" if self.sort == next(iter(self.sorts)) else self.sort
        return {"sort": sort, "page_size": "" if self.size == SIZES[0] else str(self.size)}

    def chips(self) -> list[Chip]:
        """Return what bounds the list, each with the address of the list without it."""
        if not self.is_valid():
            return []
        paired = {name for pair in self.ranges for name in pair.names}
        chips = [self._range_chip(pair) for pair in self.ranges if self._bounded(pair)]
        alone = [name for name in self.given() if name not in paired]
        return chips + [self._chip(self.in_words(name), [name]) for name in alone]

    def _chip(self, words: str, names: Iterable[str]) -> Chip:
        return Chip(words, f"?{self.query(without=names)}")

    def _range_chip(self, pair: Range) -> Chip:
        first, last = (self.form.cleaned_data.get(name) for name in pair.names)
        return self._chip(f"{pair.label}: {days_in_words(first, last)}", pair.names)

    def _bounded(self, pair: Range) -> bool:
        return any(name in self.given() for name in pair.names)

    def in_words(self, name: str) -> str:
        """Return an active filter as a person reads it: `State: Processed`."""
        field, value = self.form.fields[name], self.form.cleaned_data[name]
        if isinstance(field.widget, forms.CheckboxInput):
            return str(field.label)
        shown = dict(getattr(field, "choices", ())).get(value, value)
        return f"{field.label}: {Truncator(shown).chars(60)}"


def days_in_words(first: date | None, last: date | None) -> str:
    """Return a range of days as a person reads it."""
    if first == last and first is not None:
        return day_text(first)
    if first is None:
        return gettext("until %(day)s") % {"day": day_text(last)} if last else gettext("any day")
    if last is None:
        return gettext("from %(day)s") % {"day": day_text(first)}
    return f"{day_text(first)} – {day_text(last)}"
