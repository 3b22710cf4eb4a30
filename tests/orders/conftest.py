"""Looking at the list of orders as people do."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Protocol

import pytest
from django.test import Client

from licenses.models import License
from orders.models import Order
from resellers.models import User

SignedIn = Callable[[User], Client]


class Finds(Protocol):
    """The numbers of the orders that a person is shown for a query, in their order."""

    def __call__(self, person: User, query: str) -> list[str]: ...


@pytest.fixture
def finds(as_: SignedIn) -> Finds:
    """Read the tiles of a page."""

    def look(person: User, query: str) -> list[str]:
        answer = as_(person).get(f"/orders/?{query}")
        assert answer.status_code == HTTPStatus.OK
        return shown(answer.text)

    return look


def shown(page: str) -> list[str]:
    """Return the numbers of the tiles on a page, in their order."""
    return re.findall(r'<details class="tile"[^>]*data-number="(\d{10})"', page)


def first_license(order: Order) -> License:
    """Return the license of an order that was issued first."""
    return order.licenses.order_by("id")[0]
