"""Widgets of staff's forms that survive whatever was sent."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect

LONGEST_KEY = 18


class Choice(AutocompleteSelect):
    """A choice among many rows; Django's own fails to show again what can be no key."""

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> Any:
        """Return the choices to show: the one that was chosen, if it can be one."""
        keys = [key for key in value if str(key).isdecimal() and len(str(key)) <= LONGEST_KEY]
        return super().optgroups(name, keys or [""], attr)
