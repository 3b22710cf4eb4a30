"""No log line holds an activation code, whatever happens to the request."""

import io
import logging
import re
from collections.abc import Iterator

import pytest
from django.test import Client

from activation import guesses
from licenses.models import License
from reseller_portal.logs import formatter
from resellers.models import Reseller
from tests.factories import make_cancelled, make_order

FORM = {"company": "Nova", "name": "Nina", "email": "nina@nova.example", "country": "FR"}


@pytest.fixture
def license(acme: Reseller) -> License:
    """An available license of Acme."""
    return make_order(acme, quantity=1).licenses.get()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the processes would write, whoever logs it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


def bare(text: str) -> str:
    """Return a text without what does not count in a code."""
    return re.sub(r"[\W_]", "", text).upper()


def test_a_whole_life_of_a_link_leaves_no_code_in_the_log(
    license: License, log: io.StringIO
) -> None:
    client, url = Client(), f"/activate/{license.activation_code}/"
    client.get(url)
    client.get(url.rstrip("/"))
    client.put(url)
    client.post(url, FORM)
    Client(enforce_csrf_checks=True).post(url, FORM)
    client.post(url, {**FORM, "terms": "on"}, follow=True)
    client.post(url, {**FORM, "terms": "on"})
    license.refresh_from_db()
    make_cancelled(license)
    for _ in range(guesses.ALLOWED + 1):
        client.get(url.lower())
    told = log.getvalue()
    for status in (200, 303, 403, 404, 405, 422, 429):
        assert f'"status": {status}' in told
    assert bare(license.activation_code) not in bare(told)
    assert bare(license.activation_code[:23]) not in bare(told)


def test_an_error_in_the_page_leaves_no_code_in_the_log(
    license: License, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activation.public.period_days", None)
    client = Client(raise_request_exception=False)
    response = client.get(f"/activate/{license.activation_code}/")
    assert response.status_code == 500
    assert "TypeError" in log.getvalue()
    assert bare(license.activation_code) not in bare(log.getvalue())
