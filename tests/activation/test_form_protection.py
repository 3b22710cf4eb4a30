"""The public form is protected against forged requests although its page sends no referrer."""

import re
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from activation.models import Activation
from licenses.models import License
from resellers.models import Reseller
from tests.factories import make_order

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
    return make_order(acme, quantity=1).licenses.get()


def submit(license: License, *, token: str | None = None, **options: Any) -> Any:
    """Open the page and submit its form, as a browser would that checks tokens."""
    client = Client(enforce_csrf_checks=True)
    url = f"/activate/{license.activation_code}/"
    page = client.get(url, secure=options.get("secure", False)).content.decode()
    match = re.search('csrfmiddlewaretoken" value="([^"]+)"', page)
    assert match is not None
    data = {**FORM, "csrfmiddlewaretoken": match[1] if token is None else token}
    return client.post(url, data, **options)


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "same-origin"},
        {},
    ],
    ids=str,
)
def test_a_visitor_whose_browser_sends_no_referrer_gets_through(
    license: License, headers: dict[str, str], secure: bool
) -> None:
    response = submit(license, headers=headers, secure=secure)
    assert response.status_code == HTTPStatus.SEE_OTHER
    assert Activation.objects.get().license == license


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null", "Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
def test_a_form_of_another_site_is_refused(license: License, headers: dict[str, str]) -> None:
    assert submit(license, headers=headers).status_code == HTTPStatus.FORBIDDEN
    assert not Activation.objects.exists()


@pytest.mark.parametrize("token", ["", "x" * 64, "wrong", "\0"])
def test_a_wrong_token_is_refused(license: License, token: str) -> None:
    assert submit(license, token=token).status_code == HTTPStatus.FORBIDDEN
    assert not Activation.objects.exists()


def test_the_refusal_keeps_the_address_of_the_page_to_itself(license: License) -> None:
    response = submit(license, token="wrong")
    assert response["Referrer-Policy"] == "no-referrer"
    assert license.activation_code not in response.content.decode()
