"""What is written into the record of who did what, in words: one sentence for each verb.

Each app declares its own in `sentences.py`. A sentence shows of an event's changes what it names,
and nothing else: some of them are only for the vendor's staff.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from reseller_portal.display import money_text

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from resellers.models import AuditEvent

Changes = Mapping[str, Any]
Word = Callable[..., object]
NAMED = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Sentence:
    """What one verb is called: `label` always, `tell` where the changes say more."""

    verb: str
    label: "_StrOrPromise"
    tell: Callable[[Changes], str]
    keys: Sequence[str]


_sentences: dict[str, Sentence] = {}
_things: dict[str, "_StrOrPromise"] = {}


def thing(noun: str, label: "_StrOrPromise") -> None:
    """Declare a kind of thing, by the word before the dot of its verbs."""
    if noun in _things:
        raise ValueError(f"The thing {noun!r} is declared twice.")
    _things[noun] = label


def says(verb: str, label: "_StrOrPromise", pattern: "_StrOrPromise" = "", **words: Word) -> None:
    """Declare a verb's label, and a sentence that names values of its changes: `to %(name)s`.

    `words` turn a value into what people read, `money` an amount into one with its currency.
    Raises ValueError for a verb that is declared.
    """
    keys = NAMED.findall(str(pattern))

    def read(key: str, changes: Changes) -> object:
        word = words.get(key, str)
        return money(changes, key) if word is money else word(changes[key])

    def tell(changes: Changes) -> str:
        return str(pattern) % {key: read(key, changes) for key in keys}

    declare(verb, label, tell, keys)


def declare(
    verb: str,
    label: "_StrOrPromise",
    tell: Callable[[Changes], str],
    keys: Sequence[str] = (),
) -> None:
    """Declare a verb whose sentence a function writes; `keys` are the changes that it shows."""
    if verb in _sentences:
        raise ValueError(f"The verb {verb!r} is declared twice.")
    _sentences[verb] = Sentence(verb, label, tell, keys)


def sentence(event: "AuditEvent", currency: str) -> str:
    """Return what was done, as a person reads it; the label where the changes are not as usual.

    Amounts are in `currency`, the company's.
    """
    known = _sentences.get(event.verb)
    if known is None:
        return event.verb.rpartition(".")[2].replace("_", " ").capitalize()
    try:
        told = known.tell({**event.changes, "currency": currency})
    except (ArithmeticError, KeyError, TypeError, ValueError):  # written long ago, in another way
        told = ""
    return told or str(known.label)


def sentences() -> list[Sentence]:
    """Return all that is declared."""
    return list(_sentences.values())


def things() -> "list[tuple[str, _StrOrPromise]]":
    """Return the kinds of things, by noun."""
    return list(_things.items())


def thing_of(verb: str) -> str:
    """Return the kind of thing that a verb is about, in words."""
    return str(_things.get(verb.partition(".")[0], ""))


def money(changes: Changes, key: str = "amount") -> str:
    """Return an amount of the changes as a person reads it."""
    return money_text(Decimal(str(changes[key])), changes["currency"])
