"""Form fields that show what was typed, also where it is wrong."""

from datetime import date
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

SELECTED = mark_safe(" selected")


class KeepingSelect(forms.Select):
    """A select that also shows a typed value which it does not offer, beside the error about it."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """Draw the options, and what was typed as the last of them.

        Straight from Python: a template for each option is most of what a search panel costs.
        """
        typed = self.format_value(value)
        offered = [(str("" if key is None else key), label) for key, label in self.choices]
        strange = [text for text in typed if text and text not in dict(offered)]
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            [
                *((key, SELECTED if key in typed else "", label) for key, label in offered),
                *((text, SELECTED, Truncator(text).chars(40)) for text in strange),
            ],
        )
        settings = flatatt(self.build_attrs({"name": name, **self.attrs}, attrs))
        return format_html("<select{}>{}</select>", settings, options)


class KeepingDate(forms.DateInput):
    """A date field of the browser; a plain one while it holds what no date field would show."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Return what the template needs."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["type"] = "date" if is_day(context["widget"]["value"]) else "text"
        return context


def is_day(text: str | None) -> bool:
    """Say whether a text is empty or a day as browsers write it."""
    try:
        return not text or date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


class Checkbox(forms.CheckboxInput):
    """A checkbox that sends one word, or nothing."""

    def __init__(self, attrs: dict[str, Any] | None = None, *, word: str = "true") -> None:
        super().__init__(attrs, check_test=lambda value: value == word)
        self.word = word

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Return what the template needs; the box always sends the same word."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["value"] = self.word
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the word as it was sent."""
        return data.get(name)
