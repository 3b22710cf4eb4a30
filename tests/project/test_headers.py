"""What every answer tells the browser, whoever asks for whatever, errors and files too."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from resellers.models import User
from tests.factories import PASSWORD
from tests.project.crawl.sending import FORM
from tests.project.test_architecture import PROJECT
from tests.project.test_url_table import PEOPLE, TABLE, World, people, world

__all__ = ["people", "world"]

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
REFERRERS = {"same-origin", "no-referrer", "strict-origin"}
PRODUCTION = {
    "SITE_URL": "https://portal.example.com",
    "ALLOWED_HOSTS": "testserver",
    "SECRET_KEY": "never-used-outside-these-checks-9f8e7d6c5b4a39281706f5e4d3c2b1a0",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "DATABASE_URL": "postgres://portal@127.0.0.1:1/portal",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "DEMO": "",
}
TOLD = ("SECURE_", "SESSION_COOKIE_", "CSRF_COOKIE_")


def policy_of(answer: Any) -> dict[str, str]:
    parts = answer.headers["Content-Security-Policy"].split(";")
    return {name: rest for name, _, rest in (part.strip().partition(" ") for part in parts)}


# Adding a card goes on at the gateway: its address, too, may be the target of a form.
TO_THE_GATEWAY = POLICY | {"form-action": "'self' https://checkout.stripe.com"}


def unguarded(answer: Any) -> Iterator[str]:
    """Yield what is missing in the head of an answer."""
    if policy_of(answer) not in (POLICY, TO_THE_GATEWAY):
        yield f"policy {answer.headers.get('Content-Security-Policy')}"
    for name, value in ALWAYS.items():
        if answer.headers.get(name) != value:
            yield f"{name}: {answer.headers.get(name)}"
    if answer.headers.get("Referrer-Policy") not in REFERRERS:
        yield f"Referrer-Policy: {answer.headers.get('Referrer-Policy')}"
    for cookie in answer.cookies.values():
        is_safe = cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["domain"]
        if cookie.value and not is_safe:
            yield f"cookie {cookie.key}"


def may_be_kept(answer: Any) -> bool:
    """Say whether a browser or a proxy may keep an answer."""
    rules = {rule.strip() for rule in answer.headers.get("Cache-Control", "").split(",")}
    return not {"no-store", "private"} <= rules


def asked(client: Client, row: Any, world: World) -> Any:
    address = reverse(row.name, args=[getattr(world, arg) for arg in row.args])
    return getattr(client, row.method)(f"{address}?{row.query}", dict(row.data))


def answers(people: dict[str, Client], person: str, world: World) -> Iterator[tuple[str, Any]]:
    """Ask every address of the table as one person; yield what was asked, and the answer."""
    for row in TABLE:
        if row.name != "account_logout":
            answer = asked(people[person], row, world)
            yield f"{row.method} {row.name} {row.query} ({answer.status_code})", answer


@pytest.mark.parametrize("person", PEOPLE)
def test_every_answer_says_what_a_browser_may_do(
    world: World, people: dict[str, Client], person: str
) -> None:
    wrong = [
        f"{what}: {problem}"
        for what, answer in answers(people, person, world)
        for problem in unguarded(answer)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("person", PEOPLE)
def test_no_answer_is_kept_by_a_browser_or_a_proxy(
    world: World, people: dict[str, Client], person: str
) -> None:
    wrong = [
        what
        for what, answer in answers(people, person, world)
        if may_be_kept(answer) and " orders:buy " not in what  # where Back finds its form again
    ]
    assert not wrong, "\n".join(wrong)


def broken(client: Client, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the page of orders break."""
    monkeypatch.setattr("orders.views.list.OrderList.filters", None)
    client.raise_request_exception = False
    return client.get("/orders/")


@pytest.mark.parametrize(
    ("status", "ask"),
    [
        (400, lambda client: client.get("/", headers={"Host": "evil.example"})),
        (403, lambda client: client.get("/admin/")),
        (404, lambda client: client.get("/nothing/here/")),
        (404, lambda client: client.get("/static/nothing.css")),
        (405, lambda client: client.put("/orders/")),
        (413, lambda client: client.generic("POST", "/orders/buy/", b"x" * 3_000_000, FORM)),
    ],
)
def test_errors_say_it_too(
    as_: Callable[[User], Client], alice: User, status: int, ask: Callable[[Client], Any]
) -> None:
    answer = ask(as_(alice))
    assert answer.status_code == status
    assert not [*unguarded(answer)]
    assert not may_be_kept(answer)


def test_an_error_of_the_server_says_it_too(
    as_: Callable[[User], Client], alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = broken(as_(alice), monkeypatch)
    assert answer.status_code == 500
    assert not [*unguarded(answer)]
    assert not may_be_kept(answer)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["css/portal.css", "js/portal.js", "admin/css/base.css"])
def test_files_that_are_the_same_for_everybody_say_it_and_may_be_kept(
    settings: Settings, path: str
) -> None:
    settings.WHITENOISE_USE_FINDERS = True
    answer = Client().get(f"/static/{path}")
    assert answer.status_code == 200
    assert not [*unguarded(answer)]
    assert may_be_kept(answer)
    answer.close()


@pytest.fixture
def in_production(settings: Settings) -> None:
    """What a deployment's settings tell browsers, read in a process of its own."""
    code = (
        "import json; from reseller_portal import settings as s;"
        f"print(json.dumps({{n: getattr(s, n) for n in dir(s) if n.startswith({TOLD!r})}}))"
    )
    environment = {**os.environ, **PRODUCTION}
    command = [sys.executable, "-c", code]
    told = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, check=True)
    for name, value in json.loads(told.stdout).items():
        setattr(settings, name, value)


@pytest.mark.usefixtures("in_production")
def test_in_production_only_https_is_spoken(alice: User) -> None:
    client = Client()
    assert client.get("/").headers["Location"] == "https://testserver/"
    page = client.get("/accounts/login/", secure=True)
    values = {"login": alice.email, "password": PASSWORD}
    answer = client.post("/accounts/login/", values, secure=True)
    assert answer.status_code == 302
    for each in (page, answer, client.get("/static/css/portal.css", secure=True)):
        told = each.headers["Strict-Transport-Security"]
        assert told == "max-age=31536000; includeSubDomains; preload"
    cookies = {**page.cookies, **answer.cookies}
    assert {"__Host-sessionid", "__Host-csrftoken"} <= {*cookies}
    assert all(cookie["secure"] and cookie["path"] == "/" for cookie in cookies.values())


def test_a_gap_is_found_out() -> None:
    answer = HttpResponse("")
    answer.set_cookie("session", "x", samesite="Lax")
    answer.headers["Content-Security-Policy"] = "default-src 'none'; script-src 'unsafe-inline'"
    assert len([*unguarded(answer)]) == 1 + len(ALWAYS) + 1 + 1
    assert may_be_kept(answer)
