"""Columns of staff's lists, written as everywhere in the portal."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from reseller_portal.display import day_text, moment_text, money_text

Label = Any  # text, or text to be translated
Column = Callable[[Any], Any]
EMPTY = "-"


def text(path: str, label: Label) -> Column:
    """Return a column with a text that is no field."""
    return _column(path, label, str)


def choice(name: str, label: Label) -> Column:
    """Return a column with the words of a choice."""
    return _column(f"get_{name}_display", label, lambda words: str(words()))


def moment(path: str, label: Label) -> Column:
    """Return a column with a moment, which names its zone (UTC for staff)."""
    return _column(path, label, lambda value: _on_one_line(moment_text(value)))


def day(path: str, label: Label) -> Column:
    """Return a column with a day."""
    return _column(path, label, lambda value: _on_one_line(day_text(value)))


def money(path: str, label: Label, currency: str = "currency") -> Column:
    """Return a column with an amount in the currency that another attribute holds."""
    amount_of, code = attrgetter(path), attrgetter(currency)

    @admin.display(description=label)
    def column(row: Any) -> str:
        amount = amount_of(row)
        return EMPTY if amount is None else money_text(amount, code(row))

    return column


def related(path: str, label: Label, *, on_one_line: bool = False) -> Column:
    """Return a column with a link to the page of another object, if need be never broken."""
    target = attrgetter(path)

    @admin.display(description=label)
    def column(row: Any) -> str:
        obj = target(row)
        if obj is None:
            return EMPTY
        link = link_to(obj)
        return _on_one_line(link) if on_one_line else link

    return column


def itself(label: Label) -> Column:
    """Return a column with a link to the page of the row."""

    @admin.display(description=label)
    def column(row: Any) -> str:
        return link_to(row)

    return column


def link_to(obj: Any, text: str | None = None) -> str:
    """Return a link to an object's page in the admin site."""
    meta = obj._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[obj.pk])
    return format_html('<a href="{}">{}</a>', url, text or obj)


def _on_one_line(value: str) -> str:
    return format_html('<span class="on-one-line">{}</span>', value)


def _column(path: str, label: Label, text: Callable[[Any], str]) -> Column:
    value_of = attrgetter(path)

    @admin.display(description=label)
    def column(row: Any) -> str:
        value = value_of(row)
        return EMPTY if value is None else text(value)

    return column
