"""What is wrong with an own text, and where."""

from time import perf_counter

import pytest

from mailing.texts.mistakes import in_body, in_subject
from tests.mailing.texts import LETTER

OPEN = "this “{” is not closed. For a brace in the text, write “{{”."


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "{product}\n\nHi {custmer}",
            "Line 3, column 4: {custmer} is no placeholder of this mail.",
        ),
        ("{product} {custmer}", "Did you mean {customer}?"),
        ("{product} {Order Link}", "Did you mean {order_link}?"),
        ("{product} {zzz}", "Choose one of the list."),
        ("{product} {customer.password}", "{customer.password} is no placeholder of this mail."),
        ("{product} {}", "Line 1, column 11: a placeholder needs a name between its braces."),
        ("{product}\n{", f"Line 2, column 1: {OPEN}"),
        ("{product", f"Line 1, column 1: {OPEN}"),
        ("{product} }", "Line 1, column 11: this “}” was not opened."),
        ("{product} {details}{details}", "column 20: {details} stands in the text already."),
        ("Hello", "Put {product} into the text: without it the mail makes no sense."),
        ("Hello {{product}}", "Put {product} into the text"),
    ],
)
def test_a_body_and_what_is_wrong_with_it(body: str, said: str) -> None:
    assert said in " ".join(in_body(body, LETTER))


@pytest.mark.parametrize("name", ["order_link", "details"])
def test_addresses_and_lists_stay_out_of_the_subject(name: str) -> None:
    [said] = in_subject(f"Hi {{{name}}}", LETTER)
    assert said == f"Column 4: {{{name}}} cannot stand in the subject, only in the text."


@pytest.mark.parametrize(
    "secret",
    [
        "ABCDE-FGHJK-MNPQR-STUVW-XYZ23-45678",
        "https://portal.example/activate/ABCDE/",
        "postgres://portal:pass@db",
        "our code:\nABCDEFGHJKMNPQRSTUVWXYZ2345678",
    ],
)
def test_a_code_or_link_typed_into_a_text_is_refused(secret: str) -> None:
    assert "Take out the activation code" in " ".join(in_body(f"{{product}} {secret}", LETTER))
    assert "Take out the activation code" in " ".join(in_subject(secret, LETTER))


def test_a_text_without_mistakes_has_none() -> None:
    body = "Hi {customer} & {customer}, {{x}}\n{product} {order_link} {order_link}\n{details}"
    assert in_body(body, LETTER) == []
    assert in_subject("{product} for { customer }", LETTER) == []


def test_many_mistakes_are_counted_and_found_quickly() -> None:
    began = perf_counter()
    said = in_body("{custmer}" * 500, LETTER)
    assert (len(said), said[5]) == (7, "… and 495 more.")
    assert perf_counter() - began < 1
    assert len(in_body("{" + "c" * 4990 + "}{product}", LETTER)[0]) < 200
