"""Activation codes: how they are made, read and shown.

A code is six groups of five out of 32 letters and digits without look-alikes (no I, O, 0, 1): 150
random bits. It is stored as it is shown, in groups.
"""

import re
import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
GROUPS, GROUP = 6, 5
LENGTH = GROUPS * GROUP + GROUPS - 1
PATTERN = r"[2-9A-HJ-NP-Z]{5}(?:-[2-9A-HJ-NP-Z]{5}){5}"


def new_activation_code() -> str:
    """Return a code that was never given out before."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def as_stored(typed: str) -> str:
    """Return what was typed, or the beginning of a code, in the form in which codes are stored.

    Case, blanks and dashes do not count. Text that is no code comes back in groups as well, and is
    simply not found.
    """
    letters = "".join(character for character in typed.upper() if character.isalnum())
    return "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))


def is_whole(code: str) -> bool:
    """Say whether text, in the form in which codes are stored, is a whole code."""
    return re.fullmatch(PATTERN, code) is not None


def may_begin_a_code(code: str) -> bool:
    """Say whether text, in the form in which codes are stored, fills the first group of a code."""
    return GROUP <= len(code) <= LENGTH and set(code) <= {*ALPHABET, "-"}


def last_group(code: str) -> str:
    """Return what a person who may not see codes is shown of one."""
    return f"…-{code[-GROUP:]}"
