"""Fields for a line of text, and for names: what everybody sees alike, in one line."""

from collections.abc import Callable, Iterable
from typing import Any
from unicodedata import category

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from reseller_portal.form_words import TYPE_ANEW

BREAKS = frozenset({"Cc", "Zl", "Zp"})
UNSEEN = BREAKS | {"Cf", "Cs", "Co"}
DRAWN_AS_NOTHING = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0")
JOINERS = frozenset("\u200c\u200d")
FIRST_OF_JOINED_WRITING = "\u0600"  # Arabic, then the Indian scripts
ONE_LINE = _("Write one line, without control characters.")
NO_ADDRESS = _("Leave web addresses out of a name: neither “://” nor “www.” can stand in it.")


def seen(text: str) -> str:
    """Return a text without the signs that nobody sees, or that turn the direction of others."""
    return "".join(sign for place, sign in enumerate(text) if not _is_unseen(text, place))


def _is_unseen(text: str, place: int) -> bool:
    sign = text[place]
    if sign in JOINERS:
        return not (_joins(text[place - 1 : place]) and _joins(text[place + 1 : place + 2]))
    return sign in DRAWN_AS_NOTHING or category(sign) in UNSEEN


def _is_drawn(sign: str) -> bool:
    return category(sign)[0] in "LNPS"


def _joins(sign: str) -> bool:
    return sign >= FIRST_OF_JOINED_WRITING and category(sign)[0] in "LM"


def one_seen_line(text: str) -> None:
    """Raise ValidationError for text that is no line, or that is not wholly seen."""
    line = text.replace("\0", "")  # which the field itself refuses
    if any(category(sign) in BREAKS for sign in line):
        raise ValidationError(ONE_LINE)
    if seen(line) != line or (line.strip() and not any(map(_is_drawn, line))):
        raise ValidationError(TYPE_ANEW)


def no_address(name: str) -> None:
    """Raise ValidationError for a name that would be a link in a mail from our address."""
    if any(part in name.lower() for part in ("://", "www.")):
        raise ValidationError(NO_ADDRESS)


class LineField(forms.CharField):
    """One line of text. A tab, as spreadsheets paste it, is a blank."""

    def __init__(self, *, validators: Iterable[Callable[[str], None]] = (), **options: Any) -> None:
        super().__init__(validators=[one_seen_line, *validators], **options)

    def to_python(self, value: Any) -> str:
        """Return what was typed, with blanks for tabs."""
        return (super().to_python(value) or "").replace("\t", " ").strip()


class NameField(LineField):
    """The name of a person, a company or a product."""

    def __init__(self, *, validators: Iterable[Callable[[str], None]] = (), **options: Any) -> None:
        super().__init__(validators=[no_address, *validators], **options)
