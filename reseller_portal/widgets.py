"""Form fields that show what was typed, also where it is wrong."""

from datetime import date
from typing import Any

from django import forms
from django.utils.text import Truncator


class KeepingSelect(forms.Select):
    """A select that also shows a typed value which it does not offer, beside the error about it."""

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> list[Any]:
        """Return the options, and what was typed as the last of them."""
        groups: list[Any] = super().optgroups(name, value, attrs)
        offered = {str(option["value"]) for group in groups for option in group[1]}
        strange = [text for text in value if text and text not in offered]
        for at, text in enumerate(strange, start=len(groups)):
            label = Truncator(text).chars(40)
            option = self.create_option(name, text, label, selected=True, index=at)
            groups.append((None, [option], at))
        return groups


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
