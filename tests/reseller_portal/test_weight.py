"""A list is light: its first load stays under 60 KB over the wire."""

import gzip
from collections.abc import Callable
from pathlib import Path

import django_htmx
from django.test import Client

from resellers.models import Reseller, User
from tests.factories import make_order

PROJECT = Path(__file__).resolve().parents[2]
HTMX = Path(django_htmx.__file__).parent / "static" / "django_htmx"
FILES = [
    PROJECT / "static" / "css" / "portal.css",
    PROJECT / "static" / "css" / "find.css",
    PROJECT / "static" / "css" / "print.css",
    PROJECT / "static" / "js" / "portal.js",
    PROJECT / "static" / "img" / "favicon.svg",
    HTMX / "htmx-2.min.js",
]


def test_the_first_load_of_a_list_stays_under_60_kb(
    as_: Callable[[User], Client], ann: User, acme: Reseller
) -> None:
    for _ in range(25):
        make_order(acme, quantity=1)
    answer = as_(ann).get("/orders/", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(gzip.decompress(answer.content)) > 3 * len(answer.content)
    files = sum(len(gzip.compress(path.read_bytes())) for path in FILES)
    assert len(answer.content) + files < 60_000


def test_a_file_keeps_its_length(as_: Callable[[User], Client], ann: User, acme: Reseller) -> None:
    number = make_order(acme, quantity=100).number
    answer = as_(ann).get(
        f"/orders/{number}/license-keys/?format=csv", headers={"Accept-Encoding": "gzip"}
    )
    assert "Content-Encoding" not in answer.headers
    assert answer.content.startswith(b"\xef\xbb\xbfActivation Code")
