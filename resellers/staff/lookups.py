"""By what the address of staff's lists may narrow them: what a page links to, and nothing else.

Django lets an address look into every field of a table, by the beginning or a pattern, so that a
list would tell whole secrets (password hashes, activation codes) letter by letter, unrecorded.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.options import IS_POPUP_VAR, TO_FIELD_VAR
from django.contrib.admin.views.main import ERROR_FLAG, PAGE_VAR, SEARCH_VAR

PARTS_OF_A_LIST = frozenset({SEARCH_VAR, PAGE_VAR, ERROR_FLAG, IS_POPUP_VAR, TO_FIELD_VAR})
ENDINGS = ("", "__exact", "__id__exact", "__isnull", "__isempty")


def lookups_of(filters: Iterable[Any]) -> frozenset[str]:
    """Return the parameters of the filters that a list declares.

    A filter is a field's name, a pair of that name and a class, or a class with its parameter.
    """
    return frozenset(parameter for entry in filters for parameter in _parameters(entry))


def _parameters(entry: Any) -> list[str]:
    if isinstance(entry, type):
        return [str(entry.parameter_name)]  # type: ignore[attr-defined]
    name = entry if isinstance(entry, str) else entry[0]
    return [f"{name}{ending}" for ending in ENDINGS]
