"""What a stranger learns at the doors: nothing about who has an account, and no way elsewhere."""

import re
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from mailing.kinds import kind_named
from mailing.models import Mail
from reseller_portal.middleware import client_address
from resellers.models import User
from tests.factories import PASSWORD

LOGIN, RESET = "/accounts/login/", "/accounts/password/reset/"
ONCE = re.compile(r"[A-Za-z0-9]{64}")


class Hashings:
    """Counts how often a password is hashed; that is what takes time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        encode = MD5PasswordHasher.encode

        def counted(hasher: Any, password: str, salt: str) -> str:
            self.count += 1
            return encode(hasher, password, salt)

        monkeypatch.setattr(MD5PasswordHasher, "encode", counted)


def work_of(email: str, password: str, hashings: Hashings) -> tuple[list[str], int, int, str]:
    """Try to sign in; return the kinds of queries, the hashings, the status and the page."""
    client, before = Client(REMOTE_ADDR="192.0.2.77"), hashings.count
    with CaptureQueriesContext(connection) as captured:
        answer = client.post(LOGIN, {"login": email, "password": password})
    queries = [query["sql"].split()[0] for query in captured]
    page = ONCE.sub("…", answer.text.replace(email, "typed"))
    return queries, hashings.count - before, answer.status_code, page


@pytest.mark.parametrize("is_active", [True, False])
def test_who_has_an_account_is_told_by_no_work_status_or_word_of_the_sign_in(
    alice: User, monkeypatch: pytest.MonkeyPatch, is_active: bool
) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=is_active)
    hashings = Hashings(monkeypatch)
    work_of("first@acme.example", "wrong", hashings)
    known = work_of(alice.email, "wrong", hashings)
    assert known == work_of("nobody@acme.example", "wrong", hashings)
    assert known[1] == 1
    assert "do not belong together" in known[3]


OURS = ("http", "testserver")
ELSEWHERE = (
    "//evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "///evil.example",
    "/\t/evil.example",
    "\n//evil.example",
    "http:evil.example",
    "http:///evil.example",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    quote("//evil.example", safe=""),
    "%2f%2fevil.example",
    "//testserver:80@evil.example/",
    "http://[::1",
)


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_no_door_leads_to_another_site(alice: User, sam: User, elsewhere: str) -> None:
    for person in (alice, sam):
        client = Client()
        values = {"login": person.email, "password": PASSWORD, "next": elsewhere}
        answers = [client.post(f"{LOGIN}?next={quote(elsewhere)}", values)]
        answers.append(client.get(LOGIN, {"next": elsewhere}))
        answers.append(client.get("/admin/login/", {"next": elsewhere}))
        password = {"password": PASSWORD, "next": elsewhere}
        answers.append(client.post("/accounts/reauthenticate/", password))
        answers.append(client.post("/accounts/logout/", {"next": elsewhere}))
        answers.append(client.get("/admin/login/", {"next": elsewhere}))
        for answer in answers:
            where = answer.headers.get("Location", "/")
            meant = re.sub(r"[\t\r\n]", "", where).replace("\\", "/")  # as browsers read it
            assert urlsplit(urljoin("http://testserver/accounts/login/", meant))[:2] == OURS


HOSTS = ("evil.example", "testserver.evil.example", "testserver:80@evil.example", "a\0b", "[::1")


@pytest.mark.parametrize("host", HOSTS)
def test_another_host_is_refused_and_stands_in_no_mail(alice: User, host: str) -> None:
    answer = Client().post(RESET, {"email": alice.email}, headers={"Host": host})
    assert answer.status_code == 400
    assert not Mail.objects.exists()


def test_a_forwarded_host_stands_in_no_mail(alice: User, settings: Settings) -> None:
    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Server": "evil.example"}
    assert Client().post(RESET, {"email": alice.email}, headers=headers).status_code == 302
    mail = Mail.objects.get()
    written = kind_named(mail.kind).write(mail)
    assert settings.SITE_URL in written.text
    assert "evil.example" not in written.text + written.html


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.1", "192.0.2.1"),
        (1, "203.0.113.1", "203.0.113.1"),
        (1, "10.0.0.1, 127.0.0.1, 203.0.113.1", "203.0.113.1"),
        (1, "203.0.113.1, 10.0.0.1:1234", "10.0.0.1"),
        (1, "10.0.0.1, [2001:db8::1]:443", "2001:db8::1"),
        (1, "2001:DB8:0::1", "2001:db8::1"),
        (1, "203.0.113.1,", "192.0.2.1"),
        (1, "nonsense", "192.0.2.1"),
        (1, "'; DROP TABLE x; --", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (2, "10.9.9.9, 203.0.113.1, 10.0.0.1", "203.0.113.1"),
        (2, "203.0.113.1", "192.0.2.1"),
    ],
)
def test_only_what_trusted_proxies_wrote_counts_as_the_callers_address(
    settings: Settings, rf: RequestFactory, proxies: int, forwarded: str, address: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    request = rf.get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="192.0.2.1")
    assert client_address(request) == address


def test_whoever_writes_the_header_themselves_escapes_no_limit(
    settings: Settings, alice: User
) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    pages = [
        Client().post(
            LOGIN,
            {"login": alice.email, "password": "wrong"},
            headers={"X-Forwarded-For": f"198.51.100.{n}, 10.0.0.{n}, 203.0.113.9:{1000 + n}"},
        )
        for n in range(11)
    ]
    assert "Too many" in pages[10].text
