"""The customer's side: the page behind an activation link."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from activation.models import Activation, Customer
from licenses.codes import new_activation_code
from licenses.models import License
from mailing.models import Mail
from resellers.models import AuditEvent, Reseller, User
from tests.factories import CustomerFactory, make_active, make_cancelled, make_order

FORM = {
    "company": "Nova",
    "name": "Nina",
    "email": "nina@nova.example",
    "country": "FR",
    "terms": "on",
}


@pytest.fixture
def license(acme: Reseller) -> License:
    """An available license of Acme."""
    return make_order(acme, quantity=2).licenses.all()[0]


def link(code: str) -> str:
    return f"/activate/{quote(code, safe='')}/"


def send(license: License, client: Client | None = None, **changes: str) -> Any:
    """Submit the form as one visitor, with some fields otherwise."""
    return (client or Client()).post(link(license.activation_code), {**FORM, **changes})


def assert_untouched(license: License) -> None:
    license.refresh_from_db()
    assert license.activated_at is None
    rows = (Activation, Customer, Mail, AuditEvent)
    assert [model.__name__ for model in rows if model.objects.exists()] == []


def test_the_page_names_the_product_the_reseller_and_the_terms(
    client: Client, license: License
) -> None:
    page = client.get(link(license.activation_code)).content.decode()
    for said in (str(license.product), "Acme", "Be kind to the software.", "version 2026-01"):
        assert said in page


@pytest.mark.parametrize("change", [str.lower, lambda code: code.replace("-", ""), str.swapcase])
def test_case_and_dashes_do_not_count(
    client: Client, license: License, change: Callable[[str], str]
) -> None:
    response = client.get(link(change(license.activation_code)))
    assert response.status_code == HTTPStatus.OK


@pytest.mark.parametrize("method", ["get", "head", "options"])
@pytest.mark.parametrize("state", ["available", "used"])
def test_opening_writes_nothing_however_often(
    client: Client, license: License, method: str, state: str
) -> None:
    if state == "used":
        make_active(license)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        for _visit in range(3):
            response = getattr(client, method)(link(license.activation_code))
    assert response.status_code == HTTPStatus.OK
    assert set(response.cookies) <= {"csrftoken"}
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []


def test_a_signed_in_person_opens_it_without_a_write_too(
    as_: Callable[[User], Client], alice: User, license: License
) -> None:
    client = as_(alice)
    with CaptureQueriesContext(connection) as queries:
        client.get(link(license.activation_code))
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []


def test_submitting_activates(client: Client, license: License) -> None:
    response = send(license, client)
    assert response.status_code == HTTPStatus.SEE_OTHER
    license.refresh_from_db()
    customer = Customer.objects.get()
    assert (customer.company, customer.country) == ("Nova", "FR")
    activation = Activation.objects.get()
    assert (activation.license, activation.customer) == (license, customer)
    assert (activation.by, activation.terms_version) == (None, "2026-01")
    assert license.order.available == 1


def test_the_customer_is_told_at_once_and_by_mail(client: Client, license: License) -> None:
    page = client.get(send(license, client)["Location"]).content.decode()
    assert f"Done: {license.product} is active from" in page
    assert "An activation link works once." not in page
    assert "An activation link works once." in client.get(link(license.activation_code)).content.decode()
    mail = Mail.objects.get()
    assert (mail.kind, mail.to, mail.actor) == ("license_activated", "nina@nova.example", None)
    event = AuditEvent.objects.get()
    assert (event.actor, event.address) == (None, "127.0.0.1")


def test_a_second_time_is_refused_and_says_since_when(license: License) -> None:
    send(license)
    again = send(license, email="other@nova.example")
    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "This license is activated" in again.content.decode()
    assert Activation.objects.count() == Customer.objects.count() == 1


def test_a_used_link_says_when_in_the_resellers_zone_and_nothing_of_the_customer(
    client: Client, license: License
) -> None:
    send(license)
    response = client.get(link(license.activation_code))
    page = response.content.decode()
    assert response.status_code == HTTPStatus.OK
    assert re.search(r"Activated on <time [^>]*>\d+ \w+ \d{4}, \d\d:\d\d CES?T</time>", page)
    assert not re.search("Nova|Nina|nina@", page)


def test_a_known_address_joins_the_license_to_that_customer_and_changes_nothing_of_it(
    license: License, acme: Reseller
) -> None:
    known = CustomerFactory.create(reseller=acme, email="Nina@Nova.example", company="Known")
    assert send(license).status_code == HTTPStatus.SEE_OTHER
    license.refresh_from_db()
    assert license.customer == known
    known.refresh_from_db()
    assert (known.company, known.email) == ("Known", "Nina@Nova.example")


def test_the_answer_does_not_tell_whether_the_address_was_known(license: License) -> None:
    pages = []
    for one in license.order.licenses.all():
        client = Client()
        page = client.get(send(one, client)["Location"]).content.decode()
        pages.append(re.sub("<time.*?</time>", "", page))
    assert pages[0] == pages[1]


def test_another_resellers_customer_stays_theirs(license: License, globex: Reseller) -> None:
    theirs = CustomerFactory.create(reseller=globex, email="nina@nova.example")
    send(license)
    license.refresh_from_db()
    assert license.customer != theirs
    assert license.customer is not None
    assert license.customer.reseller == license.reseller


def test_terms_that_changed_meanwhile_are_shown_anew(license: License) -> None:
    license.product.terms_text, license.product.terms_version = "Be kinder.", "2026-02"
    license.product.save()
    response = send(license, terms_version="2026-01")
    page = response.content.decode()
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "The terms have changed" in page
    assert "Be kinder." in page
    assert 'name="terms_version" value="2026-02"' in page
    assert_untouched(license)


@pytest.mark.parametrize("left_out", sorted(FORM))
def test_whatever_is_left_out_is_said_at_its_field_and_the_rest_is_kept(
    license: License, left_out: str
) -> None:
    response = send(license, None, **{left_out: ""})
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert set(response.context["form"].errors) == {left_out}
    if left_out != "company":
        assert 'value="Nova"' in response.content.decode()
    assert_untouched(license)


BAD = [
    "\0",
    "x" * 10_000,
    "\udcff\udcfe",
    "ZZ",
    "\N{RIGHT-TO-LEFT OVERRIDE}evil",
    "a\r\nBcc: x@y.example",
]


@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
@pytest.mark.parametrize("field", [*sorted(FORM), "terms_version", "csrfmiddlewaretoken"])
def test_bad_input_never_breaks_the_form(license: License, field: str, text: str) -> None:
    body = urlencode({**FORM, field: text.encode("utf-8", "surrogateescape")})
    response = Client().post(
        link(license.activation_code), body, content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code in {HTTPStatus.SEE_OTHER, HTTPStatus.UNPROCESSABLE_ENTITY}


# Codes that lead nowhere


def without_request_id(response: Any) -> tuple[int, bytes, dict[str, str]]:
    """Return all that an outsider could compare, apart from the token, the id and the clock."""
    body = re.sub(rb'(csrfmiddlewaretoken" value=)"\w+"', rb"\1", response.content)
    own = {"X-Request-ID", "Expires"}
    headers = {name: value for name, value in response.items() if name not in own}
    return response.status_code, body, headers


STRANGE = ["ABC", "%00", "%FF%FE", "x" * 5_000, "..", "%E2%80%AE", "' OR 1=1 --", "{{7*7}}", "~"]


@pytest.mark.parametrize("method", ["get", "post", "head"])
def test_dead_codes_all_look_alike(acme: Reseller, method: str) -> None:
    cancelled, activated = make_order(acme, quantity=2).licenses.all()
    make_cancelled(cancelled)
    make_active(activated)
    make_cancelled(activated)
    codes = [new_activation_code(), cancelled.activation_code, activated.activation_code]
    paths = [link(code) for code in codes] + [f"/activate/{text}/" for text in STRANGE]
    answers = [without_request_id(getattr(Client(), method)(path)) for path in paths]
    assert answers[0][0] == HTTPStatus.NOT_FOUND
    assert [answer == answers[0] for answer in answers] == [True] * len(answers)


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_other_methods_are_refused(client: Client, license: License, method: str) -> None:
    response = getattr(client, method)(link(license.activation_code))
    assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert response["Allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize("state", ["available", "used", "dead", "wrong method"])
def test_the_answer_stays_with_the_visitor(client: Client, license: License, state: str) -> None:
    if state == "used":
        make_active(license)
    code = new_activation_code() if state == "dead" else license.activation_code
    method = client.put if state == "wrong method" else client.get
    response = method(link(code))
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]
    assert "'none'" in response["Content-Security-Policy"]


def test_the_page_asks_nobody_else_for_anything(client: Client, license: License) -> None:
    page = client.get(link(license.activation_code)).content.decode()
    addresses = re.findall(r'(?:src|href|action)="([^"]*)"', page)
    assert addresses
    assert [address for address in addresses if not address.startswith("/static/")] == []
