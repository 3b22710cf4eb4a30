"""One activation, opened: facts, history, and the dialogs that lead back to it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from licenses.models import License
from mailing.steps import queue_mail
from reseller_portal.display import day_text
from resellers.models import Reseller, User
from resellers.steps import record
from tests.activation.desk import HTMX, SignedIn, activated
from tests.factories import PriceFactory, make_entry, make_order


@pytest.fixture
def license(acme: Reseller) -> License:
    """An active license of Acme, of a product that has a price."""
    license = activated(acme)
    PriceFactory.create(product=license.product)
    return license


def test_it_shows_facts_and_history(as_: SignedIn, bob: User, ann: User, license: License) -> None:
    assert license.customer
    about, acme = str(license.uuid), license.reseller
    record("license.activated", about, reseller=acme, actor=ann, customer="Nova")
    record("license.billing_state_changed", about, reseller=acme, actor=ann, recurrent=True)
    queue_mail("license_activated", key="x", to=license.customer.email, about=about, reseller=acme)
    page = as_(bob).get(f"/activations/{license.uuid}/").text
    for text in ("Activated for Nova", "Auto-renew turned on", "Queued", license.customer.email):
        assert text in page
    assert f"/orders/{license.order.number}/" in page


def test_a_stranger_and_nobody_find_the_same(
    as_: SignedIn, charlie: User, license: License
) -> None:
    client = as_(charlie)
    for uuid in (license.uuid, uuid4()):
        assert client.get(f"/activations/{uuid}/").status_code == 404


def test_what_is_not_activated_has_no_page(as_: SignedIn, bob: User, acme: Reseller) -> None:
    unused = make_order(acme).licenses.all()[0]
    assert as_(bob).get(f"/activations/{unused.uuid}/").status_code == 404


def test_bob_reads_why_he_may_not(as_: SignedIn, bob: User, license: License) -> None:
    page = as_(bob).get(f"/activations/{license.uuid}/", headers=HTMX).text
    assert "<html" not in page
    assert "Renew, Change Billing State, Move to Another Customer, Correct the " in page
    assert page.count("</button>") == 4
    assert page.count("Your role may only look.") == 5, "for each button, and once in a line"
    assert "billing-state" not in page


def test_the_billing_state_is_changed_from_here_and_leads_back(
    as_: SignedIn, ann: User, license: License
) -> None:
    client, address = as_(ann), f"/licenses/{license.uuid}/billing-state/?in=activation"
    assert f'href="/activations/{license.uuid}/"' in client.get(address).text
    answer = client.post(address, {"recurrent": "true"})
    assert answer.headers["Location"] == f"/activations/{license.uuid}/"
    answer = client.post(address, {"recurrent": "false"}, headers=HTMX)
    assert answer.headers["HX-Trigger"] == f"license-{license.uuid}-changed"
    assert f'hx-swap-oob="innerHTML:#result-{license.uuid}"' in answer.text
    assert "<tr" not in answer.text


def test_it_is_renewed_from_here_and_the_history_says_so(
    as_: SignedIn, ann: User, acme: Reseller
) -> None:
    make_entry(acme)
    license = activated(acme, ends_on=acme.day_of(timezone.now()) + timedelta(days=15))
    PriceFactory.create(product=license.product)
    client, here = as_(ann), f"/activations/{license.uuid}/"
    address = f"/licenses/{license.uuid}/renew/?in=activation"
    assert f'href="{address}"' in client.get(here).text
    assert f'href="{here}"' in client.get(address).text, "Cancel leads back"
    answer = client.post(address)
    assert answer.headers["Location"] == here
    assert "Renewed for" in client.get(here).text


def test_before_the_last_fifteen_days_it_says_from_when_it_is_renewed(
    as_: SignedIn, ann: User, acme: Reseller
) -> None:
    today = acme.day_of(timezone.now())
    license = activated(acme, ends_on=today + timedelta(days=16))
    page = as_(ann).get(f"/activations/{license.uuid}/").text
    first = day_text(today + timedelta(days=1))
    assert f"Renew: Too early: it can be renewed by hand from {first} on." in page
    assert "/renew/" not in page


def test_the_history_asks_only_for_what_is_new(as_: SignedIn, ann: User, license: License) -> None:
    client, address = as_(ann), f"/activations/{license.uuid}/"
    mark = client.get(address).context["history"].mark
    assert client.get(f"{address}?seen={mark}", headers=HTMX).status_code == 204
    record("license.billing_state_changed", str(license.uuid), reseller=license.reseller, actor=ann)
    answer = client.get(f"{address}?seen={mark}", headers=HTMX)
    for region in ("facts", "actions"):
        assert f'hx-swap-oob="innerHTML:#{region}-{license.uuid}"' in answer.text
    assert "> summary" in answer.text


def test_an_expired_one_says_why_nothing_changes(as_: SignedIn, ann: User, acme: Reseller) -> None:
    ends_on = acme.day_of(timezone.now()) - timedelta(days=20)
    page = as_(ann).get(f"/activations/{activated(acme, ends_on=ends_on).uuid}/").text
    assert "Change Billing State: Expired" in page


def test_a_long_history_costs_as_much_as_a_short_one(
    as_: SignedIn, ann: User, license: License
) -> None:
    def asked(client: Client) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/activations/{license.uuid}/")
        return len(captured)

    client = as_(ann)
    short = asked(client)
    for _ in range(30):
        record("license.renewed", str(license.uuid), reseller=license.reseller, actor=ann)
    assert asked(client) == short <= 10
