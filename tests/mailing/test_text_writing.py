"""An own text, filled in: as plain text and as HTML."""

import pytest

from mailing.texts.writing import written
from tests.mailing.texts import FILLING, LETTER


def test_words_addresses_and_lists_are_put_in_once() -> None:
    body = "Hi {customer},\nsee {order_link}\n \n\n{details} And <i>{product}</i>: {{product}}"
    own = written(LETTER, " {product}  for {customer} ", body, FILLING)
    assert own.subject == "<b>Guard</b> for Ærø & {product}"
    assert own.text == (
        "Hi Ærø & {product},\nsee https://portal.example/?a=1&b=2\n\n"
        "Number: 1 < 2\n\nAnd <i><b>Guard</b></i>: {product}"
    )
    html = " ".join(own.html.split())
    assert html.startswith(
        "<p>Hi Ærø &amp; {product},<br> see "
        '<a href="https://portal.example/?a=1&amp;b=2">https://portal.example/?a=1&amp;b=2</a></p>'
    )
    assert "<td>1 &lt; 2</td>" in html
    assert html.endswith("<p>And &lt;i&gt;&lt;b&gt;Guard&lt;/b&gt;&lt;/i&gt;: {product}</p>")


@pytest.mark.parametrize("address", ["https://typed.example/", "javascript:alert(1)"])
def test_what_was_typed_is_no_link(address: str) -> None:
    assert "<a" not in written(LETTER, "", f"{{product}} {address}", FILLING).html


@pytest.mark.parametrize("body", ["{unknown}", "{", "}", "{}", "{customer.name}"])
def test_what_cannot_be_filled_in_is_never_guessed(body: str) -> None:
    with pytest.raises(KeyError):
        written(LETTER, "", body, FILLING)


def test_a_paragraph_without_anything_is_left_out() -> None:
    filling = type(FILLING)({**FILLING.words, "customer": "", "order_link": ""}, FILLING.context)
    assert written(LETTER, "", "{customer}\n\n{order_link}\n\nBye", filling).html == "<p>Bye</p>"
    nothing = type(FILLING)(FILLING.words, {"facts": []})
    assert written(LETTER, "", "Hi\n{details}\nBye", nothing).text == "Hi\n\nBye"
