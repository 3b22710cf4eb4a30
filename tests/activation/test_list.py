"""Customer Activations: what the list finds, for whom, and what it says of each license."""

from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from resellers.models import Reseller, User
from tests.activation.desk import HTMX, SignedIn, activated, ids, shown
from tests.factories import CustomerFactory, ProductFactory, make_cancelled, make_order

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 24, 12, tzinfo=BERLIN)
FIELDS = (
    *("date_from", "date_to", "customer", "product", "status", "order_number", "auto_renew"),
    *("expires_from", "expires_to", "sort", "page", "page_size"),
)


@pytest.fixture
def client(as_: SignedIn, bob: User) -> Client:
    """Bob's browser: to look is enough."""
    return as_(bob)


def found(client: Client, query: str) -> list[str]:
    answer = client.get(f"/activations/?{query}")
    assert answer.status_code == 200
    return shown(answer.text)


@time_machine.travel(NOON, tick=False)
def test_without_any_filter_it_is_today_where_the_reseller_is(
    client: Client, acme: Reseller
) -> None:
    first = activated(acme, activated_at=datetime(2026, 11, 24, 0, 0, tzinfo=BERLIN))
    last = activated(acme, activated_at=datetime(2026, 11, 24, 11, 0, tzinfo=BERLIN))
    before = activated(acme, activated_at=datetime(2026, 11, 23, 23, 59, tzinfo=BERLIN))
    assert found(client, "") == ids(last, first)
    assert found(client, "date_from=") == ids(last, first, before)
    assert found(client, "date_to=2026-11-23") == ids(before)


def test_what_is_not_activated_is_not_there(client: Client, acme: Reseller) -> None:
    make_order(acme)
    assert found(client, "date_from=") == []


def test_a_stranger_finds_nothing(as_: SignedIn, charlie: User, acme: Reseller) -> None:
    license = activated(acme)
    query = f"date_from=&order_number={license.order.number}"
    assert found(as_(charlie), query) == []


@pytest.mark.parametrize("typed", ["nova", "NOVA+G", "INFO%40nova", "info@nova.example", "+Nova+"])
def test_a_customer_by_the_beginning_of_company_or_address(
    client: Client, acme: Reseller, typed: str
) -> None:
    nova = CustomerFactory.create(reseller=acme, company="Nova GmbH", email="info@nova.example")
    wanted = activated(acme, customer=nova)
    activated(acme, customer=CustomerFactory.create(reseller=acme, company="Supernova"))
    assert found(client, f"customer={typed}") == ids(wanted)


def test_a_customer_of_another_reseller_with_the_same_address_is_another(
    client: Client, acme: Reseller, globex: Reseller
) -> None:
    for reseller in (acme, globex):
        customer = CustomerFactory.create(reseller=reseller, email="info@nova.example")
        activated(reseller, customer=customer)
    assert len(found(client, "customer=info@nova.example")) == 1


def test_order_number_and_product(client: Client, acme: Reseller) -> None:
    product = ProductFactory.create(slug="guard")
    wanted = activated(acme, order={"number": "1234567890", "product": product})
    activated(acme, order={"number": "9999999999"})
    for query in ("order_number=123", "order_number=1234567890", "product=guard"):
        assert found(client, query) == ids(wanted)


def test_each_status_and_to(client: Client, acme: Reseller) -> None:
    today = acme.day_of(timezone.now())
    ends = {"active": 0, "grace": -1, "expired": -15}
    licenses = {
        status: activated(acme, ends_on=today + timedelta(days=days))
        for status, days in ends.items()
    }
    licenses["cancelled"] = make_cancelled(activated(acme, ends_on=today + timedelta(days=9)))
    for status, license in licenses.items():
        assert found(client, f"status={status}") == ids(license)
    yesterday = today - timedelta(days=1)
    assert found(client, f"expires_from={yesterday}&expires_to={yesterday}") == ids(
        licenses["grace"]
    )
    by_to = [licenses[status] for status in ("expired", "grace", "active", "cancelled")]
    assert found(client, "date_from=&sort=to") == ids(*by_to)


def test_auto_renew(client: Client, acme: Reseller) -> None:
    on, off = activated(acme, order={"recurrent": True}), activated(acme)
    assert found(client, "auto_renew=true") == ids(on)
    assert found(client, "auto_renew=false") == ids(off)


def test_a_tile_says_what_there_is_to_know(client: Client, acme: Reseller) -> None:
    today = acme.day_of(timezone.now())
    license = activated(acme, order={"recurrent": True}, ends_on=today + timedelta(days=30))
    page = client.get("/activations/?date_from=").text
    assert license.customer
    for text in (license.product.name, license.customer.company, "30 days left", "Auto-renew on"):
        assert text in page
    assert f"…-{license.activation_code[-5:]}" in page


def test_nobody_is_shown_a_code(as_: SignedIn, acme: Reseller, bob: User, alice: User) -> None:
    license = activated(acme)
    for person in (bob, alice):
        for address in (
            f"/activations/?date_from=&open={license.uuid}",
            f"/activations/{license.uuid}/",
        ):
            assert license.activation_code not in as_(person).get(address).text


@pytest.mark.parametrize("typed", ["%00", "9" * 10_000 + "x", "%ED%A0%80x" * 99])
def test_what_is_wrong_is_said_at_its_field(client: Client, acme: Reseller, typed: str) -> None:
    activated(acme)
    answer = client.get("/activations/?" + "&".join(f"{field}={typed}" for field in FIELDS))
    assert answer.status_code == 200
    assert shown(answer.text) == []
    for field in set(FIELDS) - {"page"}:
        assert f'aria-describedby="id_{field}_error"' in answer.text


def test_a_backward_range_is_refused(client: Client, acme: Reseller) -> None:
    page = client.get("/activations/?expires_from=2026-02-02&expires_to=2026-02-01").text
    assert "the range ends before it begins" in unescape(page)


def test_an_open_tile_is_in_the_address(client: Client, acme: Reseller) -> None:
    license = activated(acme)
    page = client.get(f"/activations/?open={license.uuid}").text
    assert f'data-number="{license.uuid}" open' in page
    assert "History" in page
    assert "History" not in client.get("/activations/?open=%00").text


def test_a_fragment_is_the_results_with_what_else_changes(client: Client, acme: Reseller) -> None:
    activated(acme)
    answer = client.get("/activations/?status=active", headers=HTMX)
    assert answer.text.strip().startswith('<section id="results"')
    assert answer.headers["HX-Push-Url"] == "/activations/?status=active"
    assert '<span id="result-count" hx-swap-oob="innerHTML">1 activation</span>' in answer.text


def test_each_empty_list_says_its_own(client: Client, acme: Reseller) -> None:
    assert "No activations yet" in client.get("/activations/").text
    activated(acme, activated_at=timezone.now() - timedelta(days=5))
    assert "No activations today" in client.get("/activations/").text
    assert "No activations match" in client.get("/activations/?customer=nobody").text


@pytest.mark.parametrize(
    "query", ["date_from=", "customer=c", "expires_from=2026-01-01", "order_number=1"]
)
def test_what_a_page_asks_does_not_grow(client: Client, acme: Reseller, query: str) -> None:
    def asked(size: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/activations/?{query}&page_size={size}").status_code == 200
        return len(captured)

    activated(acme, order={"number": "1000000000"})
    few = asked(25)
    for number in range(1, 31):
        activated(
            acme, order={"number": f"1{number:09}"}, customer=CustomerFactory.create(reseller=acme)
        )
    assert asked(25) == asked(100) == few <= 10
