"""The table of license keys by htmx: what happens to the address and to the focus."""

from collections.abc import Callable

import pytest
from django.test import Client

from orders.models import Order
from resellers.models import Reseller, User
from tests.factories import make_order

CAPTION_WITH_FOCUS = '<caption tabindex="-1" autofocus>License keys of order'


@pytest.fixture
def order(acme: Reseller) -> Order:
    """An order with two pages of license keys."""
    return make_order(acme, quantity=26)


@pytest.fixture
def client(as_: Callable[[User], Client], ann: User) -> Client:
    """Ann's browser."""
    return as_(ann)


def asking(client: Client, order: Order, query: str, *, on: str, by: str = "") -> tuple[str, str]:
    """Return the fragment, and the address that it pushes; `by` is the id of what was pressed."""
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{on}"}
    if by:
        headers["HX-Trigger"] = by
    answer = client.get(f"/orders/{order.number}/license-keys/{query}", headers=headers)
    return answer.text, answer.headers.get("HX-Push-Url", "")


@pytest.mark.parametrize(
    ("query", "short"),
    [
        ("?search=&status=available&page_size=25", "?status=available"),
        ("?search=&status=&page_size=25", ""),
        ("?sort=-status&page=2", "?sort=-status&page=2"),
    ],
)
def test_on_the_page_of_its_own_the_address_says_what_is_shown(
    client: Client, order: Order, query: str, short: str
) -> None:
    page = f"/orders/{order.number}/license-keys/"
    assert asking(client, order, query, on=f"{page}?sort=status")[1] == page + short


@pytest.mark.parametrize("on", ["/orders/?open=1", "/orders/1234567890/", ""])
def test_inside_another_page_the_address_stays(client: Client, order: Order, on: str) -> None:
    assert asking(client, order, "?status=available", on=on)[1] == ""


def test_a_page_further_the_focus_goes_to_the_tables_name(client: Client, order: Order) -> None:
    assert CAPTION_WITH_FOCUS in asking(client, order, "?page=2", on="/orders/")[0]


@pytest.mark.parametrize("by", ["keys-1", "key-table-1-by-status", "search-keys-1"])
def test_what_stays_keeps_the_focus(client: Client, order: Order, by: str) -> None:
    assert "autofocus" not in asking(client, order, "?sort=status", on="/orders/", by=by)[0]


def test_what_can_be_pressed_and_stays_has_an_id(client: Client, order: Order) -> None:
    number, (page, _pushed) = order.number, asking(client, order, "", on="/orders/")
    for name in (f"key-table-{number}-by-status", f"search-keys-{number}-go"):
        assert page.count(f'id="{name}"') == 1
    assert page.count(f'id="keys-{number}"') == 0  # it is the button that shows the table
