"""Every try at a renewal is in the histories and in the list, with its reason and the next date."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import CardPayment
from licenses.codes import last_group
from licenses.models import AttemptOutcome, License, Renewal
from licenses.renewing.engine import renew_reseller
from reseller_portal.display import day_text
from resellers.models import Reseller, User
from tests.billing.cards import make_card
from tests.gateway import Gateway
from tests.licenses.renewals import TODAY, make_due
from tests.licenses.renewing import make_tried

As = Callable[[User], Client]


def due(reseller: Reseller) -> License:
    """Return a license that is due today."""
    days = (reseller.day_of(timezone.now()) - TODAY).days
    return make_due(reseller, days + 5)[0]


def renew(reseller: Reseller) -> None:
    now = timezone.now()
    renew_reseller(reseller, reseller.day_of(now), now=now)


def places(license: License) -> list[str]:
    """Return where the history of a license is shown."""
    assert license.customer
    return [
        f"/orders/{license.order.number}/",
        f"/activations/{license.uuid}/",
        f"/customers/{license.customer.uuid}/",
        f"/licenses/{license.uuid}/activation-link/",
    ]


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    words = unescape(re.sub(r"<[^>]*>", " ", answer.content.decode()))
    return " ".join(words.split())


@pytest.mark.django_db
def test_what_the_balance_did_not_cover_is_said_with_the_next_date(
    as_: As, bob: User, ann: User, acme: Reseller
) -> None:
    license = due(acme)
    renew(acme)
    tomorrow = day_text(acme.day_of(timezone.now()) + timedelta(days=1))
    name = last_group(license.activation_code)
    for at, address in enumerate(places(license)):
        text = read(as_(ann if at == 3 else bob), address)
        named = f", license {name}" if at in {0, 2} else ""
        assert f"Renewal for EUR 10.00{named} Not covered The balance did not cover it." in text
        assert f"Next try on {tomorrow}." in text
    assert f"Next try {tomorrow} ." in read(as_(bob), "/renewals/")


@pytest.mark.django_db(transaction=True)
def test_admins_are_led_to_the_payment_and_nobody_else(
    gateway: Gateway, as_: As, alice: User, ann: User, acme: Reseller
) -> None:
    make_card(gateway, acme, "insufficient_funds")
    license = due(acme)
    renew(acme)
    url = f"/payments/{CardPayment.objects.get().uuid}/"
    for address in [*places(license), "/renewals/"]:
        assert url in as_(alice).get(address).content.decode()
    for address in [*places(license), "/renewals/"]:
        page = as_(ann).get(address).content.decode()
        assert "not enough funds" in page
        assert "/payments/" not in page


@pytest.mark.django_db(transaction=True)
def test_what_the_card_paid_leads_to_its_payment_too(
    gateway: Gateway, as_: As, alice: User, acme: Reseller
) -> None:
    make_card(gateway, acme)
    license = due(acme)
    renew(acme)
    page = as_(alice).get(places(license)[0]).content.decode()
    assert f"/payments/{CardPayment.objects.get().uuid}/" in page
    assert "Renewed for" in page


@pytest.fixture
def tried_twice(acme: Reseller) -> License:
    """A license that the engine tried to renew today and tomorrow, in vain."""
    license = due(acme)
    renew(acme)
    now = timezone.now() + timedelta(days=1)
    renew_reseller(acme, acme.day_of(now), now=now)
    return license


def test_only_the_last_try_names_the_next(as_: As, bob: User, tried_twice: License) -> None:
    text = read(as_(bob), places(tried_twice)[1])
    assert (text.count("Not covered"), text.count("Next try on")) == (2, 1)
    Renewal.objects.update(state="ended", next_attempt_on=None)
    assert read(as_(bob), places(tried_twice)[1]).count("It is not tried again by itself.") == 1


def test_where_several_licenses_are_told_of_each_renewal_is_one_line(
    as_: As, bob: User, ann: User, acme: Reseller, tried_twice: License
) -> None:
    for address in (places(tried_twice)[0], places(tried_twice)[2]):
        text = read(as_(bob), address)
        assert (text.count("Not covered"), text.count("Next try on")) == (1, 1)
        assert "The newest of 2 tries." in text
    assert read(as_(ann), places(tried_twice)[3]).count("Not covered") == 2


@pytest.mark.django_db
def test_another_companys_tries_are_not_among_them(
    as_: As, bob: User, acme: Reseller, globex: Reseller
) -> None:
    license = due(acme)
    make_tried(due(globex), AttemptOutcome.NO_PRICE, "Theirs")
    assert "Theirs" not in read(as_(bob), places(license)[0])


@pytest.mark.django_db
def test_many_tries_cost_as_much_as_one(as_: As, bob: User, acme: Reseller) -> None:
    license = due(acme)
    make_tried(license, AttemptOutcome.NOT_COVERED)
    client = as_(bob)

    def asked() -> list[int]:
        counts = []
        for address in places(license)[:3]:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            counts.append(len(captured))
        return counts

    few = asked()
    attempt: Any = Renewal.objects.get().attempts.get()
    for _ in range(30):
        attempt.pk = None
        attempt.save()
    assert asked() == few
