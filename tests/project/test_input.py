"""Whatever is sent to any form or address: no error of the server, no changed row, a sentence.

The pages themselves say what may be sent: a walk collects their forms, and the parameters of their
links and lists. Each request is undone, so that the next one meets the same world.
"""

from collections.abc import Iterator
from datetime import date
from itertools import cycle, islice

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings, strategies as st

from resellers.models import Reseller
from tests.orders.shop import open_shop
from tests.project.crawl.nasty import BODIES, BYTES, TEXTS
from tests.project.crawl.pages import Form
from tests.project.crawl.sending import Sender, encoded, refused_badly
from tests.project.crawl.walk import Walk, name_of
from tests.project.test_strangers import ALSO, Things, things
from tests.project.test_url_table import TABLE, people, world

__all__ = ["people", "things", "world"]

# How often all fields of a form are filled with nonsense, and how often each alone.
OFTEN = {"anonymous": (4, 4), "bob": (1, 1), "ann": (1, 1), "alice": (3, 2), "sam": (2, 1)}
LINES = 100_000


def addresses(things: Things) -> list[str]:
    """Return every address of the portal."""
    rows = {(row.name, row.args, row.query) for row in TABLE}
    return [
        reverse(name, args=[named(things, arg) for arg in args]) + (f"?{query}" if query else "")
        for name, args, query in sorted(rows | {(name, args, "") for name, args in ALSO})
    ]


def named(things: Things, arg: str) -> str | date:
    return date.fromisoformat(things[arg]) if arg == "month" else things[arg]


@pytest.fixture
def everywhere(things: Things, acme: Reseller) -> list[str]:
    """Every address, in a world where each has something to show."""
    open_shop(acme)
    return [*addresses(things), "/admin/"]


@pytest.fixture
def forms(everywhere: list[str], people: dict[str, Client]) -> list[Form]:
    """All that Alice may send."""
    return Walk(people["alice"]).through(everywhere)


def fill_with_nonsense(
    sender: Sender, form: Form, deck: Iterator[str], all_at_once: int, each_alone: int
) -> None:
    for _ in range(all_at_once if form.kinds else 0):
        sender.fill_in(form, dict(zip(form.kinds, deck, strict=False)))
    for name in form.kinds:
        for text in islice(deck, each_alone):
            sender.fill_in(form, {name: text})


def send_what_is_no_form(sender: Sender, form: Form, bodies: Iterator[tuple[str, bytes]]) -> None:
    sender.send(form, encoded([*form.filled().items()] * 2))
    sender.send(form, encoded([(name, bad) for name in form.kinds for bad in BYTES]))
    sender.send(form, b"")
    if form.method == "post":
        sender.send_files(form)
        sender.send_body(form, *next(bodies))


@pytest.mark.parametrize("person", OFTEN)
def test_nonsense_is_answered_by_every_form_and_address(
    everywhere: list[str], people: dict[str, Client], person: str
) -> None:
    found = Walk(people[person]).through(everywhere)
    sender, deck, bodies = Sender(people[person]), cycle(TEXTS), cycle(BODIES)
    for form in found:
        fill_with_nonsense(sender, form, deck, *OFTEN[person])
        send_what_is_no_form(sender, form, bodies)
        sender.settle(form)
    assert not sender.faults, "\n".join(sender.faults)


ANYTHING = st.one_of(
    st.text(max_size=300),
    st.integers().map(str),
    st.decimals().map(str),
    st.dates().map(str),
    st.uuids().map(str),
    st.text("0123456789٠١٢٣,.-+e ", max_size=30),
)


def test_any_text_in_any_field_is_answered(forms: list[Form], people: dict[str, Client]) -> None:
    fields = [(form, name) for form in forms for name in form.kinds]
    sender = Sender(people["alice"])

    @settings(
        max_examples=200,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(st.sampled_from(fields), ANYTHING)
    def typed(field: tuple[Form, str], text: str) -> None:
        form, name = field
        sender.fill_in(form, {name: text})
        assert not sender.faults, sender.faults.pop()

    typed()


def test_a_pasted_list_of_100_000_lines_is_answered(
    forms: list[Form], people: dict[str, Client]
) -> None:
    sender = Sender(people["alice"])
    people_in_lines = "".join(f"p{n}@x.example\n" for n in range(LINES))
    areas = [(form, name) for form in forms for name, kind in form.kinds.items() if kind == "area"]
    assert {name for _, name in areas} >= {"addresses", "words", "reason", "body"}
    for form, name in areas:
        for text in (people_in_lines, "\n" * LINES, "a," * LINES):
            sender.send(form, encoded({**form.filled(), name: text}.items()))
    assert not sender.faults, "\n".join(sender.faults)


def test_a_choice_of_100_000_rows_is_answered(forms: list[Form], people: dict[str, Client]) -> None:
    sender = Sender(people["alice"])
    rows = encoded([("license", "00000000-0000-0000-0000-000000000000")] * LINES)
    for form in forms:
        if "bulk-change" in form.path:
            sender.send(form, rows)
            sender.settle(form)
    assert sender.sent
    assert not sender.faults, "\n".join(sender.faults)


def test_the_walk_finds_what_lies_behind_other_pages(forms: list[Form]) -> None:
    found = {(form.method, name_of(form.address), name) for form in forms for name in form.kinds}
    assert found >= {
        ("post", "orders:refund", "reason"),
        ("post", "activation:change_many", "expected"),
        ("post", "orders:resend_email", "key"),
        ("get", "orders:list", "page_size"),
        ("get", "orders:show", "confirm"),
        ("get", "settings:activity", "person"),
    }


def test_a_page_that_refuses_without_a_word_is_found_out() -> None:
    form = Form("post", "/", {}, {"name": "text"})
    assert [*refused_badly(form, "<p>No.</p>", {"name": "typed"})] == [
        "refused without a word",
        "does not keep name",
    ]
    page = '<p role="alert">No.</p><input value="&lt;typed">'
    assert not [*refused_badly(form, page, {"name": "<typed"})]
