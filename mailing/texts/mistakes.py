"""What is wrong with an own text, as sentences with the position."""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import partial

from django.utils.translation import gettext as _

from mailing.texts.declared import Changeable, Form
from mailing.texts.language import Slot, StrayBrace, line_and_column, parts
from reseller_portal.secrets import hold_secrets

TOLD = 5
LONGEST_NAME = 40

Fault = tuple[int, Callable[[], str]]  # where it is, and what says so


def in_subject(subject: str, of: Changeable) -> list[str]:
    """Return what is wrong with a subject."""
    where = _("Column %(column)d:")
    return [*_told(subject, list(_faults(subject, of, is_subject=True)), where), *_secret(subject)]


def in_body(body: str, of: Changeable) -> list[str]:
    """Return what is wrong with a body; what it lacks comes last."""
    where = _("Line %(line)d, column %(column)d:")
    faults = list(_faults(body, of, is_subject=False))
    return [*_told(body, faults, where), *_secret(body), *_missing(body, of)]


def _told(text: str, faults: list[Fault], where: str) -> Iterator[str]:
    for at, say in faults[:TOLD]:
        line, column = line_and_column(text, at)
        yield where % {"line": line, "column": column} + " " + say()
    if len(faults) > TOLD:
        yield _("… and %(count)d more.") % {"count": len(faults) - TOLD}


def _faults(text: str, of: Changeable, *, is_subject: bool) -> Iterator[Fault]:
    seen: set[str] = set()
    for part in parts(text):
        if isinstance(part, StrayBrace):
            yield part.at, partial(_stray, part.brace)
        elif isinstance(part, Slot):
            say = _why_not(part.name, of, seen, is_subject=is_subject)
            seen.add(part.name)
            if say:
                yield part.at, say


def _why_not(
    name: str, of: Changeable, seen: set[str], *, is_subject: bool
) -> Callable[[], str] | None:
    known = of.named(name)
    if known is None:
        return lambda: _unknown(name, of)
    if is_subject and not known.is_inline:
        return lambda: (
            _("{%(name)s} cannot stand in the subject, only in the text.") % {"name": name}
        )
    if known.form is Form.BLOCK and name in seen:
        return lambda: _("{%(name)s} stands in the text already. Once is enough.") % {"name": name}
    return None


def _stray(brace: str) -> str:
    if brace == "{":
        return _("this “{” is not closed. For a brace in the text, write “{{”.")
    return _("this “}” was not opened. For a brace in the text, write “}}”.")


def _unknown(name: str, of: Changeable) -> str:
    if not name:
        return _("a placeholder needs a name between its braces.")
    shown = name if len(name) <= LONGEST_NAME else name[:LONGEST_NAME] + "…"
    names = [one.name for one in of.placeholders]
    near = get_close_matches(shown.lower().replace(" ", "_"), names, 1)
    if near:
        said = _("{%(name)s} is no placeholder of this mail. Did you mean {%(near)s}?")
        return said % {"name": shown, "near": near[0]}
    return _("{%(name)s} is no placeholder of this mail. Choose one of the list.") % {"name": shown}


def _secret(text: str) -> Iterator[str]:
    if hold_secrets(text):
        yield _("Take out the activation code, link or password: everybody would get the same one.")


def _missing(body: str, of: Changeable) -> Iterator[str]:
    used = {part.name for part in parts(body) if isinstance(part, Slot)}
    for name in of.needed:
        if name not in used:
            said = _("Put {%(name)s} into the text: without it the mail makes no sense.")
            yield said % {"name": name}
