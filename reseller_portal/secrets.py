"""What must never be written down outside of its own table: activation codes, links, tokens.

The pattern stands for itself, because `licenses` lies below this module; a test holds it to the
codes that are made there.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

HIDDEN = "[hidden]"

_LETTERS = "[2-9A-HJ-NP-Za-hj-np-z]"
# Also as JSON writes the end of a line, and what else has no letter.
_BETWEEN = r"(?:[-‐‑–—\s_]|\\[nrtbf]|\\u00[01][0-9a-f]|%2[0dD]){0,2}"
_BEFORE = r"(?:(?<![0-9A-Za-z])|(?<=\\[nrtbf])|(?<=\\u00[01][0-9a-f]))"
CODE = re.compile(
    rf"{_BEFORE}{_LETTERS}{{5}}{_BETWEEN}"
    rf"(?:{_LETTERS}{{5}}{_BETWEEN}){{4}}{_LETTERS}{{5}}(?![0-9A-Za-z])"
)
LINK = re.compile(r"(/activate/)[^\s\"'<>\\]+")
TOKEN = re.compile(r"(/(?:key|invitations?|reset)/)[^\s\"'<>\\]+")
PASSWORD = re.compile(r"(\w+://[^\s:/@]*:)[^\s/@]+(?=@)")
GATEWAY = re.compile(  # its keys, what pays with a card, what confirms a payment
    r"(?<![0-9A-Za-z])((?:(?:[sr]k|cs)_(?:test|live)|whsec|pm|(?:pi|seti)_[0-9A-Za-z]+_secret)_)\w{6,}"
)


def without_secrets(text: str) -> str:
    """Return the text with each code, link, token, password and key of the gateway hidden."""
    text = CODE.sub(HIDDEN, text)
    for pattern in (LINK, TOKEN, PASSWORD, GATEWAY):
        text = pattern.sub(rf"\1{HIDDEN}", text)
    return text


def hold_secrets(values: Any) -> bool:
    """Say whether JSON values hold something that `without_secrets` would hide."""
    return any(without_secrets(text) != text for text in _texts(values))


def refuse_secrets(text: str) -> None:
    """Raise ValidationError for what no mail's row and no record may hold: a field's validator."""
    if hold_secrets(text):
        raise ValidationError(
            _("Leave activation codes, links and passwords out: name the order by its number.")
        )


def _texts(values: Any) -> Iterator[str]:
    if isinstance(values, str):
        yield values
    elif isinstance(values, Mapping):
        yield from _texts([*values.keys(), *values.values()])
    elif isinstance(values, Iterable):
        for value in values:
            yield from _texts(value)
