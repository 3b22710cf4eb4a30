"""The tiny language of own texts: `{name}` is a placeholder, `{{` and `}}` are braces.

There is nothing else in it: no attribute, no condition, no code. What a placeholder stands for is
put in once, and is never read again as text of this language.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PARTS = re.compile(r"\{\{|\}\}|\{([^{}\n]*)\}|[{}]|[^{}]+")


@dataclass(frozen=True)
class Slot:
    """A placeholder in a text, and where its brace stands."""

    name: str
    at: int


@dataclass(frozen=True)
class StrayBrace:
    """A brace that has no partner, and where it stands."""

    brace: str
    at: int


Part = str | Slot | StrayBrace


def parts(text: str) -> Iterator[Part]:
    """Yield what a text is made of, in its order. Every text can be read."""
    for found in _PARTS.finditer(text):
        written, name = found[0], found[1]
        if name is not None:
            yield Slot(name.strip(), found.start())
        elif written in {"{", "}"}:
            yield StrayBrace(written, found.start())
        else:
            yield {"{{": "{", "}}": "}"}.get(written, written)


def literal(text: str) -> str:
    """Return how a text is written in this language when it is to stand as it is."""
    return text.replace("{", "{{").replace("}", "}}")


def line_and_column(text: str, at: int) -> tuple[int, int]:
    """Return where a character stands, as a person counts: from 1."""
    line_begins = text.rfind("\n", 0, at) + 1
    return text.count("\n", 0, at) + 1, at - line_begins + 1
