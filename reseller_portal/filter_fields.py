"""The fields that the filters of every list are made of."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter

from reseller_portal.filtering import DayFilter
from reseller_portal.widgets import KeepingDate, KeepingSelect

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)
FAR_DAY = format_lazy(
    _("Give a day from {first} to {last}."), first=FIRST_DAY.year, last=LAST_DAY.year
)


def day_filter(label: Any) -> DayFilter:
    """Return one end of a range of days; both ends are inclusive, and ISO."""
    return DayFilter(
        label=label,
        widget=KeepingDate(attrs={"min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()}),
        input_formats=["%Y-%m-%d"],
        validators=[
            MinValueValidator(FIRST_DAY, message=FAR_DAY),
            MaxValueValidator(LAST_DAY, message=FAR_DAY),
        ],
    )


def choice_filter(label: Any, choices: Any, *, method: str | None = None) -> ChoiceFilter:
    """Return a choice among fixed words; `method` names what applies it, where no field does."""
    return ChoiceFilter(
        label=label,
        method=method,
        choices=choices,
        empty_label=_("Any"),
        widget=KeepingSelect,
    )


class NumberField(forms.CharField):
    """An order number as typed or copied from somewhere, with blanks or without."""

    def to_python(self, value: Any) -> str:
        """Return the text without blanks."""
        return "".join((super().to_python(value) or "").split())


class NumberFilter(CharFilter):  # type: ignore[misc]
    """A search by order number."""

    field_class = NumberField


def order_number_filter(**where: str) -> NumberFilter:
    """Return a search by an order number, or its first digits.

    `where` is the `field_name` of the rows, or the `method` of the filter set.
    """
    attrs = {"inputmode": "numeric", "autocomplete": "off", "placeholder": _("All or beginning")}
    return NumberFilter(
        label=_("Order number"),
        lookup_expr="startswith",
        **where,
        widget=forms.TextInput(attrs=attrs),
        validators=[
            RegexValidator(
                r"^[0-9]{1,10}\Z",
                _("An order number has ten digits: give all or the first of them."),
            )
        ],
    )


class RowFilter(ChoiceFilter):  # type: ignore[misc]
    """A choice among rows, named in the address by `key`. Which rows, the filter set `offer`s."""

    def __init__(self, *, key: str, **settings: Any) -> None:
        super().__init__(**settings)
        self.key = key

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Keep what belongs to the chosen row."""
        row = self.parent.row_named(self.field_name, value) if value else ""
        kept: QuerySet[Any] = super().filter(qs, row)
        return kept


def row_filter(label: Any, *, key: str = "pk") -> RowFilter:
    """Return a choice among rows that are named in the address by this field.

    Which rows, each filter set says for its person: `self.offer(product=…)`.
    """
    return RowFilter(
        label=label,
        key=key,
        empty_label=_("Any"),
        widget=KeepingSelect,
    )
