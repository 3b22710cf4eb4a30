"""Guessing is limited; nobody is locked out by somebody else's guesses. The real cache counts."""

from http import HTTPStatus

import pytest
from django.test import Client
from pytest_django import Settings

from resellers.models import User
from tests.factories import PASSWORD, UserFactory

LOGIN = "/accounts/login/"
OWNER = "192.0.2.1"
IN = b"signed in"


def sign_in(email: str, password: str, address: str = OWNER, **headers: str) -> bytes:
    """Try once: IN when it worked, else the page."""
    values = {"login": email, "password": password}
    answer = Client().post(LOGIN, values, REMOTE_ADDR=address, headers=headers)
    return IN if answer.status_code == HTTPStatus.FOUND else answer.content


def test_thirty_right_sign_ins_from_one_address_succeed(alice: User) -> None:
    assert {sign_in(alice.email, PASSWORD) for _ in range(35)} == {IN}


def test_the_thirty_first_wrong_one_from_one_address_is_refused(db: None) -> None:
    pages = [sign_in(f"person{n}@acme.example", "wrong") for n in range(31)]
    assert all(b"do not belong together" in page for page in pages[:30])
    assert b"Too many" in pages[30]


def test_wrong_ones_for_one_person_end_sooner_and_the_right_one_then_waits_too(
    alice: User,
) -> None:
    pages = [sign_in(alice.email, "wrong") for _ in range(11)]
    assert b"Too many" not in pages[9]
    assert b"Too many" in pages[10]
    assert b"Too many" in sign_in(alice.email, PASSWORD)


def test_guesses_from_elsewhere_do_not_lock_the_owner_out(alice: User) -> None:
    for last in range(6):
        for _ in range(11):
            sign_in(alice.email, "wrong", f"198.51.100.{last}")
    assert b"Too many" in sign_in(alice.email, PASSWORD, "198.51.100.3")
    assert sign_in(alice.email, PASSWORD, OWNER) == IN


def test_an_ipv6_network_counts_as_one_address(alice: User) -> None:
    pages = [sign_in(alice.email, "wrong", f"2001:db8::{n:x}") for n in range(11)]
    assert b"Too many" in pages[10]


def test_colleagues_behind_one_address_do_not_count_for_each_other(alice: User) -> None:
    colleague = UserFactory.create(reseller=alice.reseller)
    for _ in range(11):
        sign_in(alice.email, "wrong")
    assert sign_in(colleague.email, PASSWORD) == IN


@pytest.mark.parametrize(("proxies", "refused"), [(0, True), (1, False)])
def test_a_forwarded_address_counts_only_behind_a_proxy(
    settings: Settings, alice: User, proxies: int, refused: bool
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    for n in range(11):
        page = sign_in(alice.email, "wrong", **{"X-Forwarded-For": f"10.0.0.9, 203.0.113.{n}"})
    assert (b"Too many" in page) is refused


def test_a_flood_is_stopped_even_if_every_sign_in_is_right(settings: Settings, alice: User) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "3/m/ip"}
    for _ in range(3):
        sign_in(alice.email, PASSWORD)
    answer = Client().post(LOGIN, {"login": alice.email, "password": PASSWORD}, REMOTE_ADDR=OWNER)
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert b"Too many" in answer.content


def test_the_limits_share_a_table_that_strangers_cannot_fill(settings: Settings) -> None:
    assert settings.CACHES["default"]["OPTIONS"]["MAX_ENTRIES"] >= 10_000
