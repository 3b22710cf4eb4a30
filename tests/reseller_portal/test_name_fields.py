"""What a line of text and a name may be made of."""

import pytest
from django.core.exceptions import ValidationError

from reseller_portal.name_fields import LineField, NameField, seen

ANEW, ONE_LINE, ADDRESS = "Type this anew", "Write one line", "Leave web addresses out"


@pytest.mark.parametrize(
    "name",
    [
        "Nova",
        "Noß & Söhne (Köln) №1",
        "علی\u200cرضا",  # a Persian name with its joiner
        "ක්\u200dෂ",  # a Sinhala letter of two
        "株式会社\u3000ノヴァ",
        "Nova ❤\ufe0f",
        "Booking.com",
    ],
)
def test_names_of_every_writing_are_kept(name: str) -> None:
    assert NameField().clean(f" {name}\t") == name
    assert seen(name) == name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        *((sign, ANEW) for sign in ("\u200b", "\u200d", "\u2800", "\u3164", "\u0301", "\u034f")),
        *((f"No{sign}va", ANEW) for sign in "\u200b\u200c\u200d\u200e\u202e\u2066\ufeff\xad"),
        ("Nova\u202e", ANEW),
        ("علی\u200c", ANEW),
        ("علی\u200c\u200cرضا", ANEW),
        ("No\0va", ANEW),
        *((f"No{sign}va", ONE_LINE) for sign in "\n\r\x07\x1b\x85\u2028"),
        ("Win at https://evil.example", ADDRESS),
        ("WWW.evil.example", ADDRESS),
    ],
)
def test_what_is_not_seen_or_leads_away_is_no_name(name: str, said: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        NameField().clean(name)
    assert [message.startswith(said) for message in wrong.value.messages] == [True]


def test_a_line_may_hold_an_address_and_no_more() -> None:
    assert LineField().clean("https://nova.example/7") == "https://nova.example/7"
    with pytest.raises(ValidationError, match=ANEW):
        LineField().clean("PO\u200b-7")
