"""Ann activates a license for a customer: one she knows, or a new one."""

import re
from collections.abc import Callable
from html import unescape
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from activation.models import Activation, Customer
from licenses.models import License, Period
from mailing.models import Mail
from resellers.models import AuditEvent, Reseller, User
from tests.factories import CustomerFactory, make_active, make_cancelled, make_order

SignIn = Callable[[User], Client]
NEW = {
    "customer": "new",
    "company": "Nova & Söhne",
    "name": "Nina Noß",
    "email": "nina@nova.example",
    "country": "FR",
}


@pytest.fixture
def license(acme: Reseller) -> License:
    """An available license of Acme."""
    return make_order(acme, quantity=2).licenses.all()[0]


@pytest.fixture
def known(acme: Reseller) -> Customer:
    """A customer of Acme."""
    return CustomerFactory.create(reseller=acme, email="Known@Customer.example", company="Known")


def form(client: Client, license: License, **headers: Any) -> Any:
    return client.get(f"/licenses/{license.uuid}/activate/", **headers)


def send(client: Client, license: License, data: dict[str, str], **headers: Any) -> Any:
    return client.post(f"/licenses/{license.uuid}/activate/", data, **headers)


def existing(email: str) -> dict[str, str]:
    return {"customer": "existing", "email": email}


def assert_untouched(license: License) -> None:
    license.refresh_from_db()
    assert license.activated_at is None
    assert license.order.available == 2
    assert not Activation.objects.exists()
    assert not Mail.objects.exists()
    assert not AuditEvent.objects.exists()


def test_the_form_says_what_starts_and_until_when(as_: SignIn, ann: User, license: License) -> None:
    page = form(as_(ann), license).content.decode()
    assert f"Activate license …-{license.activation_code[-5:]}" in page
    assert f"{license.product} starts today" in page
    assert license.activation_code not in page


def test_ann_activates_for_a_customer_she_knows(
    as_: SignIn, ann: User, license: License, known: Customer
) -> None:
    response = send(as_(ann), license, existing("known@customer.EXAMPLE"))
    assert response.status_code == HTTPStatus.SEE_OTHER
    license.refresh_from_db()
    assert license.customer == known
    assert license.order.available == 1
    activation = Activation.objects.get(license=license)
    assert (activation.by, activation.customer) == (ann, known)
    assert activation.terms_version == license.product.terms_version
    assert Period.objects.get(license=license).number == 0


def test_the_answer_leads_back_to_the_row_and_says_what_was_done(
    as_: SignIn, ann: User, license: License, known: Customer
) -> None:
    client = as_(ann)
    url = f"/licenses/{license.uuid}/activate/?page=2&sort=-status&evil=//x.example"
    response = client.post(url, existing(known.email))
    keys = f"/orders/{license.order.number}/license-keys/"
    assert response["Location"] == f"{keys}?page=2&sort=-status#license-{license.uuid}"
    page = client.get(keys).content.decode()
    assert f"License …-{license.activation_code[-5:]} is active for Known." in page


def test_it_stays_in_the_history_of_the_order(
    as_: SignIn, ann: User, license: License, known: Customer
) -> None:
    client = as_(ann)
    send(client, license, existing(known.email))
    page = client.get(f"/orders/{license.order.number}/").content.decode()
    assert "Ann Ackermann" in page
    assert f"…-{license.activation_code[-5:]}" in page


def test_ann_activates_for_a_new_customer(as_: SignIn, ann: User, license: License) -> None:
    assert send(as_(ann), license, NEW).status_code == HTTPStatus.SEE_OTHER
    customer = Customer.objects.get()
    assert (customer.company, customer.name) == ("Nova & Söhne", "Nina Noß")
    assert (customer.email, customer.country) == ("nina@nova.example", "FR")
    license.refresh_from_db()
    assert license.customer == customer


def test_the_customer_is_mailed_and_the_deed_is_on_record(
    as_: SignIn, ann: User, license: License
) -> None:
    send(as_(ann), license, NEW)
    mail = Mail.objects.get()
    assert (mail.kind, mail.to, mail.actor) == ("license_activated", "nina@nova.example", ann)
    event = AuditEvent.objects.get()
    assert (event.verb, event.about, event.actor) == ("license.activated", str(license.uuid), ann)
    assert license.activation_code not in str(event.changes) + str(mail.params)


def test_in_the_table_the_row_changes_and_the_order_is_told(
    as_: SignIn, ann: User, license: License, known: Customer
) -> None:
    response = send(as_(ann), license, existing(known.email), headers={"HX-Request": "true"})
    page = response.content.decode()
    assert response.status_code == HTTPStatus.OK
    assert response["HX-Trigger"] == f"order-{license.order.number}-changed"
    assert f'id="license-{license.uuid}" hx-swap-oob="true"' in page
    assert f"innerHTML:#keys-result-{license.order.number}" in page
    assert "Known" in page
    assert "<main" not in page


def test_an_unknown_address_is_said_at_its_field_and_offers_the_new_customer(
    as_: SignIn, ann: User, license: License
) -> None:
    response = send(as_(ann), license, existing("who@nowhere.example"))
    page = response.content.decode()
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "None of your customers is registered with who@nowhere.example." in page
    assert 'value="who@nowhere.example"' in page
    assert "Enter a new customer with this address" in page
    assert_untouched(license)


def test_the_offer_leads_to_the_form_with_the_address_and_the_focus_in_the_next_field(
    as_: SignIn, ann: User, license: License
) -> None:
    client, typed = as_(ann), existing("nina+1@nova.example")
    answer = client.post(f"/licenses/{license.uuid}/activate/?sort=status", typed)
    offered = re.findall(r'href="([^"]+)"[^>]*>Enter a new customer', answer.content.decode())
    page = client.get(unescape(offered[0]), headers={"HX-Request": "true"}).content.decode()
    assert 'value="nina+1@nova.example"' in page
    assert re.search(r'value="new"[^>]* checked', page)
    assert focused(page) == ["company"]
    assert answer.context["page"].list_state == "sort=status"


@pytest.mark.parametrize("query", ["?customer=old&email=x", "?email=x", "?customer=new&email=%00"])
def test_no_address_breaks_the_form(as_: SignIn, ann: User, license: License, query: str) -> None:
    answer = as_(ann).get(f"/licenses/{license.uuid}/activate/{query}")
    assert answer.status_code == HTTPStatus.OK


def test_the_focus_begins_in_the_only_field_that_every_customer_has(
    as_: SignIn, ann: User, license: License
) -> None:
    page = form(as_(ann), license, headers={"HX-Request": "true"}).content.decode()
    assert focused(page) == ["email"]
    assert '<label for="id_email">E-mail</label>' in page


def focused(page: str) -> list[str]:
    """Return the names of the elements that ask for the focus."""
    tags = re.findall(r"<[^>]*\bautofocus\b[^>]*>", page)
    return [name[1] if (name := re.search(r'name="([^"]+)"', tag)) else tag for tag in tags]


def test_the_offered_form_goes_through_with_the_address_that_was_kept(
    as_: SignIn, ann: User, license: License
) -> None:
    client = as_(ann)
    send(client, license, existing("nina@nova.example"))
    assert send(client, license, NEW).status_code == HTTPStatus.SEE_OTHER


def test_a_new_customer_with_a_known_address_is_offered_the_existing_one(
    as_: SignIn, ann: User, license: License, known: Customer
) -> None:
    response = send(as_(ann), license, {**NEW, "email": "KNOWN@customer.example"})
    page = response.content.decode()
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "is already registered for your customer Known." in page
    assert "Activate for the existing customer" in page
    known.refresh_from_db()
    assert known.company == "Known"
    assert_untouched(license)


def test_another_resellers_customer_is_never_hinted_at(
    as_: SignIn, ann: User, license: License, globex: Reseller
) -> None:
    theirs = CustomerFactory.create(reseller=globex, email="nina@nova.example", company="Theirs")
    refused = send(as_(ann), license, existing(theirs.email))
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Theirs" not in refused.content.decode()
    assert send(as_(ann), license, NEW).status_code == HTTPStatus.SEE_OTHER
    license.refresh_from_db()
    assert license.customer != theirs
    assert Customer.objects.filter(email="nina@nova.example").count() == 2


def test_a_used_license_is_refused_and_says_since_when(
    as_: SignIn, ann: User, license: License, known: Customer
) -> None:
    make_active(license)
    asked, refused = form(as_(ann), license), send(as_(ann), license, existing(known.email))
    assert (asked.status_code, refused.status_code) == (200, 422)
    for response in (asked, refused):
        assert "Used since" in response.content.decode()
    assert Activation.objects.count() == 1


def test_a_cancelled_license_is_refused(
    as_: SignIn, ann: User, license: License, known: Customer
) -> None:
    make_cancelled(license)
    refused = send(as_(ann), license, existing(known.email))
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Cancelled on" in refused.content.decode()
    assert not Activation.objects.exists()


@pytest.mark.parametrize("left_out", ["company", "name", "email", "country", "customer"])
def test_whatever_is_left_out_is_said_at_its_field(
    as_: SignIn, ann: User, license: License, left_out: str
) -> None:
    response = send(as_(ann), license, {**NEW, left_out: " "})
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert left_out in response.context["form"].errors
    assert_untouched(license)


BAD = ["\0", "a\0b@x.example", "x" * 10_000, "\udcff", "not-an-address", "ZZ", "🙂" * 300]


@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
@pytest.mark.parametrize("field", ["company", "name", "email", "country", "customer"])
def test_bad_input_never_breaks_the_form(
    as_: SignIn, ann: User, license: License, field: str, text: str
) -> None:
    body = urlencode({**NEW, field: text.encode("utf-8", "surrogateescape")})
    response = as_(ann).post(
        f"/licenses/{license.uuid}/activate/",
        body,
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code in {HTTPStatus.SEE_OTHER, HTTPStatus.UNPROCESSABLE_ENTITY}


def test_an_existing_customer_needs_nothing_but_the_address(
    as_: SignIn, ann: User, license: License, known: Customer
) -> None:
    junk = {"company": "x" * 300, "country": "??", "name": "\0"}
    response = send(as_(ann), license, {**existing(known.email), **junk})
    assert response.status_code == HTTPStatus.SEE_OTHER


def test_bob_may_only_look_and_nothing_exists_for_charlie(
    as_: SignIn, bob: User, charlie: User, sam: User, license: License
) -> None:
    assert send(as_(bob), license, NEW).status_code == HTTPStatus.FORBIDDEN
    assert send(as_(charlie), license, NEW).status_code == HTTPStatus.NOT_FOUND
    assert send(as_(sam), license, NEW).status_code == HTTPStatus.FORBIDDEN
    assert_untouched(license)
