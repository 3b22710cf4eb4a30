"""The customers of a reseller: the list, each with its licenses, the file."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activation.models import Customer
from resellers.models import Reseller, User
from resellers.steps import record
from tests.activation.desk import HTMX, SignedIn, activated, shown
from tests.activation.test_exports import exported
from tests.factories import CustomerFactory, make_cancelled


@pytest.fixture
def client(as_: SignedIn, bob: User) -> Client:
    """Bob's browser: to look is enough."""
    return as_(bob)


@pytest.fixture
def nova(acme: Reseller) -> Customer:
    """A customer of Acme without licenses yet."""
    return CustomerFactory.create(reseller=acme, company="Nova GmbH", email="info@nova.example")


def listed(client: Client, **query: str) -> list[str]:
    answer = client.get("/customers/", query)
    assert answer.status_code == 200
    return [row.customer.company for row in answer.context["rows"]]


def test_they_stand_by_company_whatever_its_case(client: Client, acme: Reseller) -> None:
    for company in ("beta", "Alpha", "Ärzte", "Gamma"):
        CustomerFactory.create(reseller=acme, company=company)
    assert listed(client) == ["Alpha", "beta", "Gamma", "Ärzte"]
    assert listed(client, sort="-since") == ["Gamma", "Ärzte", "Alpha", "beta"]


@pytest.mark.parametrize("typed", ["nova", "NOVA G", "Info@Nova", " info@nova.example "])
def test_search_by_the_beginning_of_company_or_address(
    client: Client, acme: Reseller, nova: Customer, typed: str
) -> None:
    CustomerFactory.create(reseller=acme, company="Supernova")
    assert listed(client, search=typed) == ["Nova GmbH"]


def test_a_strangers_customers_are_not_there(as_: SignedIn, charlie: User, nova: Customer) -> None:
    client = as_(charlie)
    assert listed(client, search="nova") == []
    assert client.get(f"/customers/{nova.uuid}/").status_code == 404


def test_each_has_its_licenses_and_the_next_to(
    client: Client, acme: Reseller, nova: Customer
) -> None:
    today = acme.day_of(timezone.now())
    for days in (-3, 5, 40):
        activated(acme, customer=nova, ends_on=today + timedelta(days=days))
    make_cancelled(activated(acme, customer=nova, ends_on=today + timedelta(days=1)))
    [row] = client.get("/customers/").context["rows"]
    assert (row.licenses, row.active, row.next_to) == (4, 2, today + timedelta(days=5))


def test_what_is_wrong_is_said_at_its_field(client: Client, nova: Customer) -> None:
    for query in ({"search": "x" * 999}, {"sort": "name"}, {"search": "\0"}):
        answer = client.get("/customers/", query)
        assert answer.status_code == 200
        assert answer.context["problems"]
        assert not answer.context["rows"]


def test_a_customers_page_has_its_licenses_and_history(
    client: Client, acme: Reseller, nova: Customer, alice: User
) -> None:
    license = activated(acme, customer=nova)
    activated(acme)
    record("license.activated", str(license.uuid), reseller=acme, actor=alice, customer="Nova GmbH")
    page = client.get(f"/customers/{nova.uuid}/").text
    assert shown(page) == [str(license.uuid)]
    assert f"Activated for Nova GmbH, license …-{license.activation_code[-5:]}" in page
    assert license.activation_code not in page


def test_a_customers_page_asks_only_for_what_is_new(
    client: Client, acme: Reseller, nova: Customer
) -> None:
    address = f"/customers/{nova.uuid}/"
    mark = client.get(address).context["history"].mark
    assert client.get(f"{address}?seen={mark}", headers=HTMX).status_code == 204
    record("customer.email_corrected", str(nova.uuid), reseller=acme, actor=None)
    answer = client.get(f"{address}?seen={mark}", headers=HTMX)
    assert f'hx-swap-oob="innerHTML:#facts-{nova.uuid}"' in answer.text
    assert "Registered e-mail corrected" in answer.text


@pytest.mark.parametrize("path", ["/customers/?page_size=100", "/customers/?search=c", "one"])
def test_what_a_page_asks_does_not_grow(
    client: Client, acme: Reseller, nova: Customer, path: str
) -> None:
    address = f"/customers/{nova.uuid}/" if path == "one" else path

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    owned = activated(acme, customer=nova)
    activated(acme)
    record("license.renewed", str(owned.uuid), reseller=acme, actor=None)
    few = asked()
    for _ in range(12):
        license = activated(acme, customer=nova)
        activated(acme)
        record("license.renewed", str(license.uuid), reseller=acme, actor=None)
    assert asked() == few <= 13


def test_the_file(bob: User, charlie: User, acme: Reseller, nova: Customer) -> None:
    today = acme.day_of(timezone.now())
    activated(acme, customer=nova, ends_on=today)
    CustomerFactory.create(reseller=acme, company="=A()", email="x@a.example", country="FR")
    header, formula, row = exported("customers", bob, "")
    assert ",".join(header) == "Company,Contact,E-mail,Country,Since,Licenses,Active,Next To"
    assert formula == ["'=A()", "Maria Muster", "x@a.example", "FR", f"{today}", "0", "0", ""]
    assert row[:4] == ["Nova GmbH", "Maria Muster", "info@nova.example", "DE"]
    assert row[5:] == ["1", "1", f"{today}"]
    assert len(exported("customers", bob, "search=nova")) == 2
    assert len(exported("customers", charlie, "")) == 1
