"""Requests that no browser sends are answered as such: never with an error of the server."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from resellers.models import User
from tests.project.test_url_table import PEOPLE, TABLE, Row, World, people, world

__all__ = ["people", "world"]

CHARSETS = ("utf-16", "utf-7", "latin-1", "nonsense")
DAMAGED = ("http://[", "http://[::1", "//", "\x7f", "https://portal.example.com:x/")


def address_of(row: Row, world: World) -> str:
    return reverse(row.name, args=[getattr(world, arg) for arg in row.args])


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.method} {row.name} {row.query}")
def test_a_form_in_another_alphabet_is_no_error_of_the_server(
    row: Row, world: World, people: dict[str, Client]
) -> None:
    for person in PEOPLE:
        for charset in CHARSETS:
            kind = f"application/x-www-form-urlencoded; charset={charset}"
            answer = people[person].generic("POST", address_of(row, world), b"\xff\xfea=1", kind)
            assert answer.status_code < 500 or row.name == "readyz"


@pytest.mark.django_db
def test_a_form_that_cannot_be_read_gets_a_page_with_all_headers() -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = "x" * 32
    kind = "application/x-www-form-urlencoded; charset=utf-16"
    answer = client.generic("POST", reverse("account_login"), b"a=1", kind)
    assert answer.status_code == 400
    assert "Content-Security-Policy" in answer.headers
    assert "X-Request-ID" in answer.headers
    assert b"This request was not understood" in answer.content


@pytest.mark.django_db
@pytest.mark.parametrize("page", DAMAGED)
def test_a_damaged_address_of_the_page_leads_to_sign_in(page: str) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": page}
    answer = Client().get(reverse("orders:list"), headers=headers)
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].startswith("/accounts/login/")


@pytest.mark.django_db
def test_what_is_too_large_is_told_so(as_: Callable[[User], Client], ann: User) -> None:
    kind = "application/x-www-form-urlencoded"
    answer = as_(ann).generic("POST", reverse("orders:buy"), b"a=" + b"x" * 3_000_000, kind)
    assert answer.status_code == 413
    assert b"This was too much at once" in answer.content


def test_a_wrong_method_is_told_on_a_page(as_: Callable[[User], Client], ann: User) -> None:
    answer = as_(ann).put(reverse("orders:list"))
    assert answer.status_code == 405
    assert answer.headers["Allow"].startswith("GET")
    assert b"This cannot be done this way" in answer.content


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://testserver/orders/?page=2", "/orders/?page=2"),
        ("http://evil.example/orders/", "/"),
        ("//evil.example/", "/"),
        ("http://[", "/"),
        ("", "/"),
    ],
)
def test_a_form_whose_session_ended_leads_back_to_its_page(page: str, back: str) -> None:
    answer = Client().post("/exports/orders/", headers={"Referer": page})
    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["next"] == [back]
