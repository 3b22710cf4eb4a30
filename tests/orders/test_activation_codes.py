"""Download Activation Code: the dialog, and the file with every license."""

from http import HTTPStatus

import pytest
from django.test import Client, override_settings

from licenses.models import License
from orders.models import Order, OrderState
from resellers.models import Reseller, User
from tests.factories import OrderFactory, make_active, make_cancelled, make_order
from tests.orders.conftest import SignedIn

SITE = "https://portal.example"


@pytest.fixture
def client(as_: SignedIn, ann: User) -> Client:
    """Ann's browser."""
    return as_(ann)


@pytest.fixture
def order(acme: Reseller) -> Order:
    """Three licenses: used, cancelled, available."""
    order = make_order(acme, recurrent=True, number="1234567890")
    used, cancelled, _available = order.licenses.all()
    make_active(used)
    make_cancelled(cancelled)
    return order


@override_settings(SITE_URL=SITE)
def test_the_file_to_the_byte(client: Client, order: Order) -> None:
    answer = client.get("/orders/1234567890/activation-codes/?format=csv")
    used, cancelled, available = (each.activation_code for each in order.licenses.order_by("id"))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="activation-codes-1234567890.csv"' in answer.headers["Content-Disposition"]
    assert answer.getvalue().decode() == (
        "\ufeffActivation Code,Recurrent,Activation Code Link\r\n"
        f"{used},True,{SITE}/activate/{used}/\r\n"
        f"{cancelled},False,\r\n"
        f"{available},True,{SITE}/activate/{available}/\r\n"
    )


def test_the_dialog_shows_what_the_file_holds(client: Client, order: Order) -> None:
    page = client.get("/orders/1234567890/activation-codes/").text
    for license in order.licenses.all():
        assert license.activation_code.replace("-", "-<wbr>") in page
    assert page.count("Used") == page.count("Cancelled") == 1
    assert "3 licenses." in page
    assert 'href="/orders/1234567890/activation-codes/?format=csv"' in page


def test_the_link_of_a_cancelled_license_is_not_shown(client: Client, order: Order) -> None:
    page = client.get("/orders/1234567890/activation-codes/").text
    cancelled = order.licenses.get(cancelled_at__isnull=False)
    assert f"/activate/{cancelled.activation_code}/" not in page


def test_of_thousands_the_first_are_shown_and_all_are_in_the_file(
    client: Client, acme: Reseller
) -> None:
    order = OrderFactory.create(reseller=acme, quantity=1200)
    License.objects.bulk_create(
        License(reseller=acme, order=order, product=order.product) for _ in range(1200)
    )
    address = f"/orders/{order.number}/activation-codes/"
    page = client.get(address).text
    assert page.count("/activate/") == 50
    assert "The first 50 of 1,200 licenses. The file holds all of them." in page
    assert client.get(f"{address}?format=csv").getvalue().count(b"\r\n") == 1201


@pytest.mark.parametrize("state", [OrderState.CHECKING, OrderState.FAILED])
def test_without_licenses_it_says_why(client: Client, acme: Reseller, state: str) -> None:
    order = OrderFactory.create(reseller=acme, state=state, available=0)
    answer = client.get(f"/orders/{order.number}/activation-codes/")
    assert answer.status_code == HTTPStatus.OK
    assert "no licenses" in answer.text
    assert "format=csv" not in answer.text
    file = client.get(f"/orders/{order.number}/activation-codes/?format=csv")
    assert file.getvalue() == b"\xef\xbb\xbfActivation Code,Recurrent,Activation Code Link\r\n"


@pytest.mark.parametrize("query", ["format=xlsx", "format=", "format=%00", "format=csv&format=x"])
def test_any_other_format_is_the_dialog(client: Client, order: Order, query: str) -> None:
    answer = client.get(f"/orders/1234567890/activation-codes/?{query}")
    assert answer.headers["Content-Type"].startswith("text/html")
