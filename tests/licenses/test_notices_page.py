"""The list of what a company was told, to which its mails lead."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from licenses.notices.rounds import notify
from resellers.models import Reseller, User
from tests.factories import make_entry
from tests.licenses.notices import DAY, MORNING, TODAY, ending, failed, paid

As = Callable[[User], Client]
QUERIES = 8


def page(client: Client, query: str = "") -> str:
    response = client.get(f"/renewals/notices/?{query}")
    assert response.status_code == HTTPStatus.OK
    return response.content.decode()


def test_it_says_what_is_told_and_when(acme: Reseller, alice: User, as_: As) -> None:
    assert "Nothing was told yet" in page(as_(alice))
    make_entry(acme, "1000.00")
    paid(ending(acme, 5), "111.00")
    failed(ending(acme, 4, recurrent=True), "Not enough money.")
    notify(MORNING)
    shown = page(as_(alice))
    for said in ("Renewed", "Paid from the balance.", "111.00", "Not enough money. Next try on"):
        assert said in shown
    assert "24 Nov 2026" in shown


def test_it_is_narrowed_by_day_and_kind(acme: Reseller, alice: User, as_: As) -> None:
    first, second = ending(acme, 7), ending(acme, 1)
    notify(MORNING)
    later = ending(acme, 5)
    notify(MORNING + DAY)
    numbers = [license.order.number for license in (first, second, later)]

    def found(query: str) -> list[bool]:
        shown = page(as_(alice), query)
        return [number in shown for number in numbers]

    assert found("") == [True, True, True]
    assert found("kind=ends_1") == [False, True, False]
    assert found(f"date_from={TODAY}&date_to={TODAY}") == [True, True, False]
    assert found(f"date_from={TODAY + DAY}") == [False, False, True]
    assert found("kind=nonsense") == [False, False, False]


def test_a_viewer_sees_it_and_a_stranger_sees_nothing_of_it(
    acme: Reseller, bob: User, charlie: User, as_: As
) -> None:
    license = ending(acme, 7)
    notify(MORNING)
    assert license.order.number in page(as_(bob))
    assert "Nothing was told yet" in page(as_(charlie))
    assert license.activation_code[-5:] not in page(as_(bob))


def test_queries_do_not_depend_on_how_much_there_is(
    acme: Reseller, alice: User, as_: As, django_assert_num_queries: Any
) -> None:
    client = as_(alice)
    make_entry(acme, "10000.00")
    counts = []
    for more in (1, 12):
        for _each in range(more):
            paid(ending(acme, 5))
            failed(ending(acme, 4, recurrent=True))
            ending(acme, 7)
        notify(MORNING, TODAY + more * DAY)
        with django_assert_num_queries(QUERIES):
            counts.append(page(client).count("<tr"))
    assert counts[0] < counts[1]


@pytest.mark.parametrize("sort", ["day", "to", "-day", "nonsense"])
def test_it_is_sorted(acme: Reseller, alice: User, as_: As, sort: str) -> None:
    late, soon = ending(acme, 7), ending(acme, 3)
    notify(MORNING)
    shown = page(as_(alice), f"sort={sort}")
    if sort == "to":
        assert shown.index(soon.order.number) < shown.index(late.order.number)
