"""What must never be written down outside of its own table: activation codes, links, tokens.

The pattern stands for itself, because `licenses` lies below this module; a test holds it to the
codes that are made there.
"""

import json
import re
from typing import Any

HIDDEN = "[hidden]"

_LETTERS = "[2-9A-HJ-NP-Za-hj-np-z]"
CODE = re.compile(
    rf"(?<![0-9A-Za-z]){_LETTERS}{{5}}(?:[-‐‑–—\s_]|%2[0dD])?"
    rf"(?:{_LETTERS}{{5}}(?:[-‐‑–—\s_]|%2[0dD])?){{4}}{_LETTERS}{{5}}(?![0-9A-Za-z])"
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
    text = json.dumps(values, ensure_ascii=False)
    return without_secrets(text) != text
