"""One search: what is named opens at once, what begins so is listed, nothing else is found."""

from collections.abc import Callable
from html import unescape
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, unquote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from activation.models import Customer
from orders.models import Order
from resellers.models import Reseller, User
from tests.factories import CustomerFactory, LicenseFactory, OrderFactory, make_active, make_order
from tests.orders.conftest import first_license

As = Callable[[User], Client]


@pytest.fixture
def order(acme: Reseller) -> Order:
    """An order of Acme's with a reference; one license is Nova's, one is available."""
    nova = CustomerFactory.create(reseller=acme, company="Nova GmbH", email="Info@Nova.example")
    order = make_order(acme, quantity=2, number="1234567890", reference="PO-7/Blau")
    make_active(first_license(order), customer=nova)
    return order


def asked(client: Client, text: str) -> Any:
    answer = client.get("/search/", {"q": text})
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    return answer


def leads_to(client: Client, text: str) -> str:
    answer = asked(client, text)
    assert answer.status_code == HTTPStatus.FOUND
    return str(answer.headers["Location"])


def found(client: Client, text: str) -> list[tuple[str, int]]:
    answer = asked(client, text)
    assert answer.status_code == HTTPStatus.OK
    return [
        (str(group.heading), group.found.pages.count) for group in answer.context.get("groups", [])
    ]


@pytest.mark.parametrize("typed", ["1234567890", " 1234 567 890 ", "PO-7/Blau", "po-7/BLAU"])
def test_an_order_is_named_by_its_number_or_reference(
    as_: As, bob: User, order: Order, typed: str
) -> None:
    make_order(order.reseller, quantity=1, reference="PO-7/Blau 2")
    assert leads_to(as_(bob), typed) == "/orders/1234567890/"


@pytest.mark.parametrize("typed", ["nova gmbh", "INFO@nova.EXAMPLE"])
def test_a_customer_is_named_by_company_or_address(
    as_: As, bob: User, order: Order, typed: str
) -> None:
    CustomerFactory.create(reseller=order.reseller, company="Nova GmbH & Co")
    nova = Customer.objects.get(company="Nova GmbH")
    assert leads_to(as_(bob), typed) == f"/customers/{nova.uuid}/"


@pytest.mark.parametrize(
    "typed", ["{code}", "{lower}", "{bare}", " {code} ", "https://portal.example/activate/{code}/"]
)
def test_a_code_leads_to_its_license_and_stays_in_no_address(
    as_: As, ann: User, order: Order, typed: str
) -> None:
    license = first_license(order)
    code = license.activation_code
    spelled = typed.format(code=code, lower=code.lower(), bare=code.replace("-", ""))
    keys = f"/orders/1234567890/license-keys/#license-{license.uuid}"
    assert leads_to(as_(ann), spelled) == keys


def test_a_license_is_named_by_its_id_as_in_the_ledger(as_: As, bob: User, order: Order) -> None:
    license = first_license(order)
    keys = f"/orders/1234567890/license-keys/#license-{license.uuid}"
    assert leads_to(as_(bob), str(license.uuid)) == keys
    assert leads_to(as_(bob), f"{order.number}/{license.uuid}") == keys


def test_a_license_leads_to_the_page_of_the_keys_that_shows_it(
    as_: As, ann: User, acme: Reseller
) -> None:
    order = make_order(acme, quantity=51)
    client = as_(ann)
    for place, page in ((24, ""), (25, "?page=2"), (50, "?page=3")):
        license = order.licenses.order_by("pk")[place]
        address = leads_to(client, license.activation_code)
        assert address == f"/orders/{order.number}/license-keys/{page}#license-{license.uuid}"
        assert f'id="license-{license.uuid}"' in client.get(address).text


def test_a_viewers_search_does_not_look_at_codes(as_: As, bob: User, order: Order) -> None:
    code = first_license(order).activation_code
    client = as_(bob)
    answers = []
    for typed in (code, code[:-1] + ("2" if code[-1] != "2" else "3")):
        assert leads_to(client, typed) == "/search/"
        answers.append(said(client))
    assert answers[0] == answers[1]
    assert "Your role does not search for activation codes." in answers[0]
    assert found(client, code[:12]) == []
    assert "activation code or link" not in asked(client, "").text


def test_a_whole_code_that_is_nobodys_goes_out_of_the_address(
    as_: As, ann: User, order: Order
) -> None:
    client = as_(ann)
    for typed in ("22222-" * 5 + "22222", f"{'22222' * 6}, please", "/activate/22222-22222"):
        assert leads_to(client, typed) == "/search/"
        assert "No license of your company has this activation code." in said(client)


def test_a_code_is_forgotten_on_the_way_to_the_sign_in_page(client: Client, order: Order) -> None:
    code = first_license(order).activation_code
    assert leads_to(client, code) == "/accounts/login/?next=/search/"
    assert client.get("/search/?q=nova").headers["Location"].endswith("next=/search/%3Fq%3Dnova")


def said(client: Client) -> str:
    """Return the bare page, without what differs at each request."""
    page = client.get("/search/").text
    return page.replace(str(client.cookies["csrftoken"].value), "").partition("<main")[2]


def test_what_begins_so_stands_in_groups_each_as_long_as_its_list(
    as_: As, ann: User, order: Order
) -> None:
    acme, client = order.reseller, as_(ann)
    for at in range(12):
        make_order(acme, quantity=1, number=f"12{at:08}", reference=f"No {at}")
    make_order(acme, quantity=1, reference="123 Nord")
    license = first_license(order)
    assert found(client, "12") == [("Orders by number", 13), ("Orders by own reference", 1)]
    assert found(client, "nova") == [("Customers", 1), ("Licenses of these customers", 1)]
    assert found(client, license.activation_code[:14]) == [("Licenses by activation code", 1)]
    for text in ("12", "no", "NOVA", "info@"):
        for group in asked(client, text).context["groups"]:
            assert len(group.rows) == min(group.found.pages.count, 10)
            assert client.get(group.found.url).context["pages"].count == group.found.pages.count


def test_two_things_of_one_name_are_both_shown(as_: As, bob: User, order: Order) -> None:
    make_order(order.reseller, quantity=1, reference="nova gmbh")
    headings = [heading for heading, _count in found(as_(bob), "Nova GmbH")]
    assert headings == [
        "Orders by own reference",
        "Customers",
        "Licenses of these customers",
    ]


def test_a_strangers_things_look_like_none(as_: As, charlie: User, order: Order) -> None:
    client = as_(charlie)
    license = first_license(order)
    texts = ("1234567890", "PO-7/Blau", "po-7", "Nova GmbH", "info@nova.example", "nova", "12")
    for text in (*texts, str(license.uuid), license.activation_code[:12]):
        nothing = "".join("9" if letter.isdigit() else letter for letter in text)[::-1]
        pages = [blank(client, text), blank(client, nothing)]
        assert pages[0] == pages[1]
        assert "Nothing found" in pages[0]
    assert leads_to(client, license.activation_code) == "/search/"


def blank(client: Client, text: str) -> str:
    """Return the page of a search without what was typed."""
    page = unescape(asked(client, text).text).partition("<main")[2]
    return page.replace(text, "").replace(str(client.cookies["csrftoken"].value), "")


@pytest.mark.parametrize("typed", ["%00", "x%00y", "9" * 10_000, "%FF%FE", quote("ן🙂" * 60)])
@pytest.mark.parametrize("person", ["ann", "bob"])
def test_nonsense_is_no_error_of_the_server(
    request: pytest.FixtureRequest, as_: As, order: Order, person: str, typed: str
) -> None:
    answer = as_(request.getfixturevalue(person)).get(f"/search/?q={typed}")
    assert answer.status_code == HTTPStatus.OK
    refused = "%00" in typed or len(unquote(typed)) > 254
    assert ('id="id_q_error"' in answer.text) == refused


@pytest.mark.parametrize("typed", ["שלום", "🙂", "%", "_", "\\", "'; --", "İ", "ß"])
def test_odd_letters_are_found_as_they_are(as_: As, bob: User, order: Order, typed: str) -> None:
    CustomerFactory.create(reseller=order.reseller, company="Any", email="any@any.example")
    assert found(as_(bob), typed) == []
    make_order(order.reseller, quantity=1, number="2222222222", reference=typed)
    assert leads_to(as_(bob), typed) == "/orders/2222222222/"


@pytest.mark.parametrize("text", ["1", "PO", "Customer", "22222-2", "info@nova.example x"])
def test_a_search_costs_the_same_in_a_large_company(
    as_: As, ann: User, acme: Reseller, text: str
) -> None:
    client = as_(ann)

    def grow(count: int) -> int:
        for at in range(count):
            order = OrderFactory.create(
                reseller=acme, number=f"1{Order.objects.count():09}", reference=f"PO {at}"
            )
            code = f"22222-22222-22222-22222-22222-{order.pk:05}".translate(LETTERS)
            make_active(LicenseFactory.create(order=order, activation_code=code))
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/search/", {"q": text}).status_code == HTTPStatus.OK
        return len(captured)

    few = grow(2)
    assert grow(25) == few <= 30


LETTERS = str.maketrans("01", "AB")


def test_own_references_are_looked_up_by_their_index(order: Order) -> None:
    for at in range(500):
        order.pk, order.number, order.reference = None, f"2{at:09}", f"PO-{at}"
        order.save()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orders_order")
    orders = Order.objects.for_reseller(order.reseller).order_by()
    for rows in (orders.referred_to("PO-49"), orders.with_reference("PO-49")):
        assert "order_reference_begins" in rows.explain()
