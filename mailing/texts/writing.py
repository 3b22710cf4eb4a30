"""From an own text to a subject, a plain body and an HTML one."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.template import Context, engines
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from mailing.texts.declared import Changeable, Filling, Form, Placeholder
from mailing.texts.language import Slot, StrayBrace, parts

EMPTY_LINE = re.compile(r"\n(?:[ \t]*\n)+")


@dataclass(frozen=True)
class Written:
    """An own text, filled in; `html` is markup of our own around escaped words."""

    subject: str
    text: str
    html: SafeString


@dataclass(frozen=True)
class Medium:
    """How words, addresses and paragraphs are written, and which templates draw the blocks."""

    ending: str
    words: Callable[[str], str]
    link: Callable[[str], str]
    paragraph: Callable[[str], str]
    between: str

    def put(self, known: Placeholder, filling: Filling) -> str:
        """Return what stands for a placeholder."""
        if known.form is Form.BLOCK:
            name = f"mail/{known.template}.{self.ending}"
            return rendered(name, filling.context, escaped=self is HTML).strip("\n")
        word = filling.words[known.name]
        return self.link(word) if word and known.form is Form.LINK else self.words(word)


def _clickable(address: str) -> str:
    return format_html('<a href="{0}">{0}</a>', address)


def _in_html(paragraph: str) -> str:
    return "<p>{}</p>".format(paragraph.replace("\n", "<br>\n"))


PLAIN = Medium("txt", str, str, str, "\n\n")
HTML = Medium("html", escape, _clickable, _in_html, "\n")


def written(of: Changeable, subject: str, body: str, filling: Filling) -> Written:
    """Fill in a text. Raises KeyError for what cannot be filled in."""
    line = "".join(_inline(part, of, filling, PLAIN) for part in parts(subject))
    text, html = (medium.between.join(_flow(body, of, filling, medium)) for medium in (PLAIN, HTML))
    return Written(" ".join(line.split()), text, mark_safe(html))  # noqa: S308 (HTML escaped it)


def _flow(body: str, of: Changeable, filling: Filling, medium: Medium) -> Iterator[str]:
    """Yield paragraphs and blocks in their order. A block ends the paragraph before it."""
    paragraph = ""
    for part in parts(body):
        if _is_block(part, of):
            yield from _unless_blank(paragraph, medium)
            yield from filter(str.strip, [_inline(part, of, filling, medium)])
            paragraph = ""
            continue
        first, *others = EMPTY_LINE.split(part) if isinstance(part, str) else [part]
        paragraph += _inline(first, of, filling, medium)
        for other in others:
            yield from _unless_blank(paragraph, medium)
            paragraph = _inline(other, of, filling, medium)
    yield from _unless_blank(paragraph, medium)


def _is_block(part: object, of: Changeable) -> bool:
    known = of.named(part.name) if isinstance(part, Slot) else None
    return known is not None and known.form is Form.BLOCK


def _inline(part: object, of: Changeable, filling: Filling, medium: Medium) -> str:
    if isinstance(part, StrayBrace):
        raise KeyError(part.brace)
    if not isinstance(part, Slot):
        return medium.words(str(part))
    known = of.named(part.name)
    if known is None:
        raise KeyError(part.name)
    return medium.put(known, filling)


def _unless_blank(paragraph: str, medium: Medium) -> Iterator[str]:
    if paragraph.strip():
        yield medium.paragraph(paragraph.strip())


def rendered(name: str, values: Mapping[str, Any], *, escaped: bool = True) -> str:
    """Render a template of a mail; only HTML is escaped."""
    template: Any = engines["django"].get_template(name)
    text: str = template.template.render(Context(dict(values), autoescape=escaped))
    return text
