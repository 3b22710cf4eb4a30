"""Who is shown what; for a stranger an order is not there."""

import re
from http import HTTPStatus

import pytest
from django.test import Client

from licenses.codes import last_group
from orders.models import Order
from resellers.models import Reseller, User
from tests.factories import make_active, make_order
from tests.orders.conftest import SignedIn, first_license

PATHS = ("", "resend-email/", "activation-codes/", "activation-codes/?format=csv", "license-keys/")


@pytest.fixture
def order(acme: Reseller, ann: User) -> Order:
    """An order of Acme's with a license in use and one available."""
    order = make_order(acme, quantity=2, user=ann)
    make_active(first_license(order))
    return order


def bare(text: str) -> str:
    """Return a page without what differs at each request."""
    return re.sub(r"[A-Za-z0-9]{64}|[0-9a-f]{32}|\b\d{10}\b", "…", text)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_strangers_order_is_like_one_that_does_not_exist(
    as_: SignedIn, charlie: User, order: Order, path: str, method: str
) -> None:
    theirs = getattr(as_(charlie), method)(f"/orders/{order.number}/{path}")
    nobodys = getattr(as_(charlie), method)(f"/orders/1000000000/{path}")
    assert theirs.status_code == nobodys.status_code
    assert theirs.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
    assert bare(theirs.text) == bare(nobodys.text)
    kept = {"X-Request-ID", "Set-Cookie", "Content-Length", "Expires"}
    assert {k: v for k, v in theirs.headers.items() if k not in kept} == {
        k: v for k, v in nobodys.headers.items() if k not in kept
    }


@pytest.mark.parametrize("number", ["123", "12345678901", "abcdefghij", "１２３４５６７８９０"])
def test_what_is_no_order_number_is_not_found(as_: SignedIn, alice: User, number: str) -> None:
    assert as_(alice).get(f"/orders/{number}/").status_code == HTTPStatus.NOT_FOUND


def test_the_method_is_checked_before_the_order(as_: SignedIn, charlie: User) -> None:
    answer = as_(charlie).get("/orders/1000000000/resend-email/")
    assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.parametrize("path", ["activation-codes/", "activation-codes/?format=csv"])
def test_codes_are_for_those_who_may_see_them(
    as_: SignedIn, ann: User, bob: User, order: Order, path: str
) -> None:
    address = f"/orders/{order.number}/{path}"
    assert as_(ann).get(address).status_code == HTTPStatus.OK
    assert as_(bob).get(address).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("question", ["", "?confirm=resend-email"])
def test_a_viewer_never_resends(as_: SignedIn, bob: User, order: Order, question: str) -> None:
    post = as_(bob).post(f"/orders/{order.number}/resend-email/")
    assert post.status_code == HTTPStatus.FORBIDDEN
    ask = as_(bob).get(f"/orders/{order.number}/?confirm=resend-email")
    assert ask.status_code == HTTPStatus.FORBIDDEN


def test_a_viewer_sees_what_is_not_possible_and_why(as_: SignedIn, bob: User, order: Order) -> None:
    page = as_(bob).get(f"/orders/{order.number}/").text
    for action in ("resend", "codes"):
        assert f'aria-disabled="true" aria-describedby="why-{action}-{order.number}"' in page
        assert f'<span id="why-{action}-{order.number}" hidden>Your role may' in page
    assert "Resend Email, Send Links, Buy More: Your role may only look." in page
    assert "Download Activation Code: Your role may not see" in page
    assert f'href="/orders/{order.number}/license-keys/"' in page


def test_a_viewer_is_shown_no_code_anywhere(as_: SignedIn, bob: User, order: Order) -> None:
    browser = as_(bob)
    pages = [
        browser.get(address).text
        for address in (
            "/orders/?date_from=",
            f"/orders/?open={order.number}",
            f"/orders/{order.number}/",
            f"/orders/{order.number}/license-keys/",
        )
    ]
    for license in order.licenses.all():
        assert not any(license.activation_code in page for page in pages)
        assert not any(license.activation_code.replace("-", "-<wbr>") in page for page in pages)
    assert last_group(first_license(order).activation_code) in pages[-1]


@pytest.mark.parametrize("query", ["", "date_from=", "state=processed", "search=customer"])
def test_a_strangers_orders_are_not_even_counted(
    as_: SignedIn, charlie: User, order: Order, query: str
) -> None:
    page = as_(charlie).get(f"/orders/?{query}").text
    assert '<span role="status" id="result-count">0 orders</span>' in page
    assert "No orders yet" in page


def test_people_are_asked_to_sign_in(client: Client, order: Order) -> None:
    answer = client.get(f"/orders/?open={order.number}")
    assert answer.status_code == HTTPStatus.FOUND
    assert answer.headers["Location"].startswith("/accounts/login/?next=/orders/")
