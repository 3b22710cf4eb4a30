"""Renewing one by hand: what the person saw that pays it pays it, or they are asked anew."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.actions import make_default
from billing.models import Account, EntryKind
from licenses.models import License, Renewal
from resellers.models import Reseller, User
from tests.billing.cards import make_card
from tests.factories import make_entry
from tests.gateway import Gateway
from tests.licenses.renewing import make_guard, make_renewing

pytestmark = pytest.mark.django_db(transaction=True)

As = Callable[[User], Client]
ANOTHER = "What pays it is another by now than you saw."


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    settings.STRIPE_TIMEOUT_SECONDS = (1, 0.5)


@pytest.fixture
def license(gateway: Gateway, acme: Reseller) -> License:
    """It ends soon and costs 120.00; Acme has a card."""
    make_card(gateway, acme)
    return make_renewing(acme, make_guard(), 3)


def page(license: License) -> str:
    return f"/licenses/{license.uuid}/renew/"


def shown(client: Client, license: License) -> dict[str, str]:
    """Look at the dialog, and return what its form would send."""
    return form_of(client.get(page(license)))


def form_of(answer: Any) -> dict[str, str]:
    offer = answer.context["offer"]
    return {"number": "1", "expected_amount": "120.00", "paid_by": offer.paid_by}


def test_what_the_balance_was_to_pay_falls_to_the_card_only_when_it_is_confirmed(
    gateway: Gateway, acme: Reseller, as_: As, alice: User, license: License
) -> None:
    make_entry(acme, "120.00")
    client = as_(alice)
    seen = shown(client, license)
    make_entry(acme, "-100.00", EntryKind.ADJUSTMENT)
    answer = client.post(page(license), seen)
    assert (answer.status_code, ANOTHER in answer.text) == (422, True)
    assert not gateway.attempts()
    assert not Renewal.objects.exists()
    assert client.post(page(license), form_of(answer)).status_code == 303
    assert len(gateway.charges()) == 1


def test_what_the_card_was_to_pay_is_not_taken_from_the_balance(
    gateway: Gateway, acme: Reseller, as_: As, alice: User, license: License
) -> None:
    client = as_(alice)
    seen = shown(client, license)
    make_entry(acme, "500.00")
    assert client.post(page(license), seen).status_code == 303
    assert len(gateway.charges()) == 1
    assert Account.objects.get(reseller=acme).balance == 500


def test_another_default_card_is_confirmed_anew(
    gateway: Gateway, acme: Reseller, as_: As, alice: User, license: License
) -> None:
    client = as_(alice)
    seen = shown(client, license)
    other = make_card(gateway, acme, "mastercard")
    make_default(acme, other.uuid, actor=alice, now=timezone.now())
    answer = client.post(page(license), seen)
    assert (answer.status_code, "4444" in answer.text) == (422, True)
    assert not gateway.attempts()


@pytest.mark.parametrize("nonsense", ["x", "card", "\x00", "9" * 5000])
def test_nonsense_charges_nothing(
    gateway: Gateway, as_: As, alice: User, license: License, nonsense: str
) -> None:
    answer = as_(alice).post(page(license), {"paid_by": nonsense})
    assert answer.status_code == 422
    assert not gateway.attempts()
