"""Guessing codes: only wrong ones count, by address, and nothing is given away."""

from datetime import datetime, timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone

from activation import guesses
from activation.models import Activation, WrongCodes
from licenses.codes import new_activation_code
from licenses.models import License
from resellers.models import Reseller
from tests.factories import make_cancelled, make_order
from tests.races import both_at_once, meanwhile, outcome


@pytest.fixture
def license(acme: Reseller) -> License:
    """An available license of Acme."""
    return make_order(acme, quantity=1).licenses.get()


def guess(times: int, address: str = "198.51.100.7") -> int:
    """Try wrong codes and return the last status."""
    client = Client(REMOTE_ADDR=address)
    return [client.get(f"/activate/{new_activation_code()}/").status_code for _ in range(times)][-1]


def open_right(license: License, address: str = "198.51.100.7") -> int:
    return Client(REMOTE_ADDR=address).get(f"/activate/{license.activation_code}/").status_code


@pytest.mark.django_db
def test_after_so_many_wrong_codes_an_address_gets_no_more_answers(license: License) -> None:
    assert guess(guesses.ALLOWED) == HTTPStatus.NOT_FOUND
    assert guess(1) == HTTPStatus.TOO_MANY_REQUESTS
    assert open_right(license) == HTTPStatus.TOO_MANY_REQUESTS
    response = Client(REMOTE_ADDR="198.51.100.7").post(f"/activate/{license.activation_code}/")
    assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert not Activation.objects.exists()


def test_others_are_not_locked_out(license: License) -> None:
    guess(guesses.ALLOWED + 1)
    assert open_right(license, "198.51.100.8") == HTTPStatus.OK


def test_right_codes_never_count(license: License) -> None:
    assert {open_right(license) for _ in range(guesses.ALLOWED + 5)} == {HTTPStatus.OK}
    assert guess(1) == HTTPStatus.NOT_FOUND


def test_the_answer_to_too_many_tells_nothing_about_the_code(license: License) -> None:
    guess(guesses.ALLOWED)
    client = Client(REMOTE_ADDR="198.51.100.7")
    codes = (license.activation_code, new_activation_code(), "nonsense")
    bodies = {client.get(f"/activate/{code}/").content for code in codes}
    assert len(bodies) == 1
    assert b"Too many links" in bodies.pop()


def test_a_cancelled_code_counts_like_an_unknown_one(license: License) -> None:
    make_cancelled(license)
    for _ in range(guesses.ALLOWED):
        open_right(license)
    assert guess(1) == HTTPStatus.TOO_MANY_REQUESTS


@pytest.mark.django_db
def test_an_ipv6_network_counts_as_one() -> None:
    now = timezone.now()
    for number in range(guesses.ALLOWED):
        guesses.count_wrong(f"2001:db8:1:2::{number:x}", now)
    assert guesses.too_many("2001:db8:1:2:ffff::1", now)
    assert not guesses.too_many("2001:db8:1:3::1", now)


@pytest.mark.django_db
@pytest.mark.parametrize("address", [None, "", "not an address"])
def test_a_caller_without_an_address_is_counted_too(address: str | None) -> None:
    now = timezone.now()
    for _ in range(guesses.ALLOWED):
        guesses.count_wrong(address, now)
    assert guesses.too_many(address, now)


@pytest.mark.django_db
def test_the_count_is_forgotten_after_ten_minutes() -> None:
    now = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.get_default_timezone())
    for _ in range(guesses.ALLOWED):
        guesses.count_wrong("198.51.100.7", now)
    assert guesses.too_many("198.51.100.7", now + timedelta(minutes=9, seconds=59))
    assert not guesses.too_many("198.51.100.7", now + timedelta(minutes=10))


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_moment_are_all_counted() -> None:
    now = timezone.now()
    guesses.count_wrong("198.51.100.7", now)
    many = [lambda: guesses.count_wrong("198.51.100.7", now)] * 8
    with meanwhile(*many) as running:
        assert [outcome(future) for future in running()] == [False] * 8
    assert WrongCodes.objects.get().count == 9


@pytest.mark.django_db(transaction=True)
def test_twin_read_and_then_written_some_would_be_lost() -> None:
    WrongCodes.objects.create(network="198.51.100.7", window=1, count=1)

    def read_then_write() -> None:
        row = WrongCodes.objects.get()
        row.count += 1
        row.save()

    both_at_once(read_then_write, read_then_write, about_to_change=WrongCodes)
    assert WrongCodes.objects.get().count == 2


@pytest.mark.django_db
def test_the_counts_of_earlier_windows_are_let_go() -> None:
    now = timezone.now()
    guesses.count_wrong("198.51.100.7", now - timedelta(hours=1))
    guesses.count_wrong("198.51.100.8", now)
    assert [row.network for row in WrongCodes.objects.all()] == ["198.51.100.8"]
