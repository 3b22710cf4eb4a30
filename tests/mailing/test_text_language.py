"""The tiny language of own texts can read everything, and runs nothing."""

import pytest
from hypothesis import given, strategies as st

from mailing.texts.language import Slot, StrayBrace, line_and_column, literal, parts
from mailing.texts.mistakes import in_body, in_subject
from mailing.texts.writing import written
from tests.mailing.texts import FILLING, LETTER

TEXTS = st.text(st.sampled_from("{}{}a_ .\n[]!:%$0é\N{SNOWMAN}") | st.characters())
NAMES = st.sampled_from([one.written for one in LETTER.placeholders])
MIXED = st.lists(TEXTS | NAMES | st.sampled_from(["{{", "}}", "\n\n"])).map("".join)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", []),
        ("plain", ["plain"]),
        ("Hi {name}!", ["Hi ", Slot("name", 3), "!"]),
        ("{ name }", [Slot("name", 0)]),
        ("{{name}}", ["{", "name", "}"]),
        ("{{{name}}}", ["{", Slot("name", 2), "}"]),
        ("{a{b}", [StrayBrace("{", 0), "a", Slot("b", 2)]),
        ("{a\nb}", [StrayBrace("{", 0), "a\nb", StrayBrace("}", 4)]),
        ("{}", [Slot("", 0)]),
        ("{a.b!r:>9}", [Slot("a.b!r:>9", 0)]),
        ("{% now %}{{ x }}", [Slot("% now %", 0), "{", " x ", "}"]),
    ],
)
def test_what_is_read(text: str, read: list[object]) -> None:
    assert list(parts(text)) == read


@given(TEXTS)
def test_what_is_written_literally_is_read_as_it_was(text: str) -> None:
    assert "".join(str(part) for part in parts(literal(text))) == text


@given(MIXED)
def test_every_text_is_read_and_each_mistake_has_its_place(text: str) -> None:
    for part in parts(text):
        if not isinstance(part, str):
            assert text[part.at] in "{}"
            line, column = line_and_column(text, part.at)
            assert text.split("\n")[line - 1][column - 1] == text[part.at]


@given(MIXED, MIXED)
def test_a_text_has_mistakes_or_can_be_written(subject: str, body: str) -> None:
    wrong = in_subject(subject, LETTER) or in_body(body, LETTER)
    try:
        own = written(LETTER, subject, body, FILLING)
    except KeyError:
        assert wrong
        return
    assert "\n" not in own.subject
    assert "<b>" not in own.html
    if not wrong:
        assert "<b>Guard</b>" in own.text


@given(TEXTS)
def test_nothing_that_is_typed_is_markup(text: str) -> None:
    html = written(LETTER, "", literal(text), FILLING).html
    bare = html.replace("<p>", "").replace("</p>", "").replace("<br>", "")
    assert not {"<", ">"} & set(bare)
