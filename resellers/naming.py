"""What the things are called that mails and the record are about, and where they are shown.

Each app names its own kinds of things in `sentences.py`, all of a page at once.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from resellers.models import Reseller


@dataclass(frozen=True)
class Named:
    """A thing in words, and its page; without one it is only named."""

    text: str
    url: str = ""


Namer = Callable[[Reseller, set[str]], Mapping[str, Named]]

_namers: list[Namer] = []


def names_things(namer: Namer) -> Namer:
    """Declare a function that names those of the public ids that it knows: one query at most.

    It looks at nothing but the reseller's own.
    """
    _namers.append(namer)
    return namer


def named(reseller: Reseller, abouts: Iterable[str]) -> dict[str, Named]:
    """Return the names of things by their public ids; what nobody knows is left out."""
    unknown = set(abouts)
    found: dict[str, Named] = {}
    for namer in _namers:
        found.update(namer(reseller, unknown))
        unknown -= found.keys()
    return found


def keys_of(abouts: Iterable[str], kind: str) -> dict[int, str]:
    """Return the ids that are written `<kind>:<key>`, by key."""
    begins = f"{kind}:"
    digits = {about: about.removeprefix(begins) for about in abouts if about.startswith(begins)}
    return {int(key): about for about, key in digits.items() if key.isascii() and key.isdigit()}


def uuids_of(abouts: Iterable[str], kind: str = "") -> dict[UUID, str]:
    """Return the ids that are UUIDs, or are written `<kind>:<UUID>`, by UUID."""
    begins = f"{kind}:" if kind else ""
    found = {}
    for about in abouts:
        with suppress(ValueError):
            if about.startswith(begins):
                found[UUID(about.removeprefix(begins))] = about
    return found
