"""What htmx asks for: the region that changes, and the short address for the browser's history."""

import pytest
from django.test import Client

from resellers.models import Reseller, User
from tests.factories import make_order
from tests.orders.conftest import SignedIn, shown

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/orders/"}


@pytest.fixture
def client(as_: SignedIn, alice: User, acme: Reseller) -> Client:
    """Alice's browser; there is an order of today."""
    make_order(acme)
    return as_(alice)


def test_a_fragment_is_the_results_with_what_else_changes(client: Client) -> None:
    answer = client.get("/orders/?state=processed", headers=HTMX)
    assert "<html" not in answer.text
    assert answer.text.strip().startswith('<section id="results"')
    assert len(shown(answer.text)) == 1
    for region in ("search", "export-menu", "result-tools"):
        assert answer.text.count(f'id="{region}"') == 1
    assert '<span id="result-count" hx-swap-oob="innerHTML">1 order</span>' in answer.text


def test_a_page_out_of_the_browsers_history_is_whole(client: Client) -> None:
    answer = client.get("/orders/", headers={**HTMX, "HX-History-Restore-Request": "true"})
    assert "<html" in answer.text
    assert "HX-Push-Url" not in answer.headers


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_the_answer_varies_and_is_never_stored(client: Client, headers: dict[str, str]) -> None:
    answer = client.get("/orders/", headers=headers)
    assert "HX-Request" in answer.headers["Vary"]
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("sort=-date&page_size=25&page=1", "/orders/"),
        ("sort=date", "/orders/?sort=date"),
        ("date_from=&date_to=&order_number=&state=&sort=-date", "/orders/?date_from="),
        ("date_from=&state=processed&page_size=50", "/orders/?state=processed&page_size=50"),
        ("state=processed&page=last", "/orders/?state=processed"),
        ("search=+x%26y+", "/orders/?search=x%26y"),
    ],
)
def test_the_history_keeps_the_short_address(client: Client, query: str, address: str) -> None:
    answer = client.get(f"/orders/?{query}", headers=HTMX)
    assert answer.headers["HX-Push-Url"] == address
    assert shown(client.get(address).text) == shown(answer.text)


def test_a_page_that_is_fetched_anew_stands_in_the_history_once(client: Client) -> None:
    page = "/orders/?state=processed"
    headers = {**HTMX, "HX-Current-URL": f"http://testserver{page}"}
    assert "HX-Push-Url" not in client.get(page, headers=headers).headers


def test_the_focus_goes_to_the_results_unless_a_field_has_it(client: Client) -> None:
    by_link = client.get("/orders/?page=1", headers=HTMX).text
    by_form = client.get("/orders/?page=1", headers={**HTMX, "HX-Trigger": "search"}).text
    assert "autofocus" in by_link
    assert "autofocus" not in by_form
    assert 'id="results-title" tabindex="-1">' in client.get("/orders/").text


def test_who_is_signed_out_is_led_to_the_sign_in_page(client: Client) -> None:
    client.logout()
    answer = client.get("/orders/?page=2", headers=HTMX)
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/accounts/login/?next=/orders/"
