"""What was confirmed to pay for each of many licenses pays it, or nothing does."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from billing.actions.cards import make_default
from billing.models import Account, EntryKind
from licenses.models import BulkItem, BulkVerb, License, RenewalAttempt
from resellers.models import Reseller, User
from tests.billing.cards import make_card
from tests.factories import make_entry
from tests.gateway import Gateway
from tests.licenses.bulk import address, confirm, form_of, outcomes, reasons, work_off
from tests.licenses.renewing import make_guard, make_renewing

pytestmark = pytest.mark.django_db(transaction=True)

As = Callable[[User], Client]
NO_LONGER = "What was confirmed no longer holds: "


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    settings.STRIPE_TIMEOUT_SECONDS = (1, 0.5)


@pytest.fixture
def two(gateway: Gateway, acme: Reseller) -> list[License]:
    """Two that end soon, for 120.00 each."""
    guard = make_guard()
    return [make_renewing(acme, guard, days) for days in (3, 4)]


def url_of(licenses: list[License]) -> str:
    return address(*licenses, do=BulkVerb.RENEW)


def balance_of(reseller: Reseller) -> Decimal:
    return Account.objects.get(reseller=reseller).balance


def test_what_the_balance_was_to_pay_never_falls_to_the_card(
    gateway: Gateway, acme: Reseller, as_: As, alice: User, two: list[License]
) -> None:
    make_card(gateway, acme)
    make_entry(acme, "240.00")
    confirm(as_(alice), url_of(two))
    make_entry(acme, "-100.00", EntryKind.ADJUSTMENT)
    change = work_off()
    assert list(outcomes(change).values()) == ["done", "refused"]
    said = "the balance was to pay it, and does not cover it any more."
    assert reasons(change) == [NO_LONGER + said]
    assert not gateway.attempts()
    assert RenewalAttempt.objects.count() == 1


def test_what_the_card_was_to_pay_is_not_taken_from_the_balance(
    gateway: Gateway, acme: Reseller, as_: As, alice: User, two: list[License]
) -> None:
    make_card(gateway, acme)
    confirm(as_(alice), url_of(two))
    make_entry(acme, "500.00")
    work_off()
    assert len(gateway.charges()) == 2
    assert balance_of(acme) == 500


def test_what_nothing_was_to_pay_is_not_paid_by_a_later_deposit(
    acme: Reseller, as_: As, ann: User, two: list[License]
) -> None:
    make_entry(acme, "120.00")
    confirm(as_(ann), url_of(two))
    make_entry(acme, "500.00")
    change = work_off()
    assert list(outcomes(change).values()) == ["done", "refused"]
    assert reasons(change)[0].startswith(NO_LONGER + "the balance did not cover it then")
    assert balance_of(acme) == 500


def test_another_default_card_than_was_confirmed_pays_nothing(
    gateway: Gateway, acme: Reseller, as_: As, alice: User, two: list[License]
) -> None:
    make_card(gateway, acme)
    other = make_card(gateway, acme, "mastercard")
    confirm(as_(alice), url_of(two))
    make_default(acme, other.uuid, actor=alice, now=timezone.now())
    change = work_off()
    assert list(outcomes(change).values()) == ["refused"] * 2
    assert reasons(change)[0].startswith(NO_LONGER + "Visa •••• 4242 is not the default card")
    assert not gateway.attempts()


def test_another_default_card_has_to_be_confirmed_anew(
    gateway: Gateway, acme: Reseller, as_: As, alice: User, two: list[License]
) -> None:
    make_card(gateway, acme)
    other = make_card(gateway, acme, "mastercard")
    client, seen = as_(alice), form_of(as_(alice), url_of(two))
    make_default(acme, other.uuid, actor=alice, now=timezone.now())
    answer = client.post(url_of(two), seen)
    assert (answer.status_code, "4444" in answer.text) == (422, True)


def test_a_card_that_was_declined_for_good_is_not_offered(
    gateway: Gateway, acme: Reseller, as_: As, alice: User, two: list[License]
) -> None:
    make_card(gateway, acme, refused_at=timezone.now())
    answer = as_(alice).get(url_of(two))
    assert answer.context["preview"].not_covered.count == 2
    assert "the default card, was declined for good" in answer.text


def test_the_database_keeps_what_paid_to_what_was_confirmed(
    acme: Reseller, as_: As, ann: User, two: list[License]
) -> None:
    make_entry(acme, "240.00")
    confirm(as_(ann), url_of(two))
    with pytest.raises(IntegrityError, match="bulkitem_paid_as_confirmed"):
        BulkItem.objects.update(source="card")
