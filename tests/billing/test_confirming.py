"""Payments that a person must confirm: at once, later by a link, too late, or not at all."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Account, Card, CardPayment, PaymentState
from billing.payments import confirm, look_again
from billing.payments.watching import sweep
from resellers.models import Reseller, User
from tests.billing.cards import begin, checked, make_card, pass_time, pay
from tests.gateway import Gateway

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = 3600


@pytest.fixture
def card(gateway: Gateway, acme: Reseller) -> Card:
    return make_card(gateway, acme, "needs_authentication")


def balance(reseller: Reseller) -> Any:
    return Account.objects.get(reseller=reseller).balance


def test_a_person_confirms_and_comes_back(
    gateway: Gateway, card: Card, alice: User, as_: Any, acme: Reseller
) -> None:
    payment = pay(card, actor=alice)
    assert (payment.state, balance(acme)) == (PaymentState.CONFIRMING, 0)
    assert payment.confirm_url.startswith(gateway.url)
    page = as_(alice).get(f"/payments/{payment.uuid}/")
    assert "Confirm with the bank" in page.content.decode()
    back = gateway.authenticate(payment.gateway_id)
    assert f"/payments/{payment.uuid}/" in back
    after = as_(alice).get(f"/payments/{payment.uuid}/")
    assert "The card was charged." in after.content.decode()
    assert '<a class="button primary" href="/balance/' in after.content.decode()
    assert (balance(acme), len(gateway.charges())) == (50, 1)


def test_one_that_is_not_confirmed_is_declined(
    gateway: Gateway, card: Card, acme: Reseller
) -> None:
    payment = pay(card)
    gateway.authenticate(payment.gateway_id, confirmed=False)
    after = look_again(payment)
    assert after.state == PaymentState.DECLINED
    assert "not confirmed with the bank" in after.reason
    assert (balance(acme), gateway.charges()) == (0, [])


def test_one_that_nobody_confirms_is_ended_at_the_gateway_first(
    gateway: Gateway, card: Card, acme: Reseller
) -> None:
    payment = pay(card)
    assert sweep() == 0
    pass_time(payment, HOUR + 1)
    assert sweep() == 1
    after = CardPayment.objects.get()
    assert after.state == PaymentState.ABANDONED
    assert "not confirmed in time" in after.reason
    assert [each["path"].rsplit("/", 1)[1] for each in gateway.requests("/v1/")][-1] == "cancel"
    assert gateway.client().v1.payment_intents.retrieve(payment.gateway_id).status == "canceled"


def test_one_that_was_confirmed_at_the_last_moment_is_paid(
    gateway: Gateway, card: Card, acme: Reseller
) -> None:
    payment = pay(card)
    gateway.authenticate(payment.gateway_id)
    pass_time(payment, HOUR + 1)
    assert checked(payment).state == PaymentState.SUCCEEDED
    assert balance(acme) == 50


def test_as_long_as_the_gateway_is_silent_it_is_neither_paid_nor_ended(
    gateway: Gateway, card: Card, settings: Any
) -> None:
    payment = pay(card)
    settings.STRIPE_API_BASE = "http://127.0.0.1:1"
    assert look_again(payment).state == PaymentState.CONFIRMING
    pass_time(payment, HOUR + 1)
    assert checked(payment).state == PaymentState.UNKNOWN
    settings.STRIPE_API_BASE = gateway.url
    assert checked(payment).state == PaymentState.ABANDONED


def test_a_charge_without_a_person_is_confirmed_later_by_a_link(
    gateway: Gateway, card: Card, alice: User, as_: Any, acme: Reseller
) -> None:
    payment = pay(card, has_person=False)
    assert (payment.state, payment.confirm_url) == (PaymentState.CONFIRMING, "")
    browser: Client = as_(alice)
    address = f"/payments/{payment.uuid}/"
    assert "Confirm this payment" in browser.get(address).content.decode()
    assert "Confirm with the bank" in browser.post(address).content.decode()
    gateway.authenticate(payment.gateway_id)
    assert "The card was charged." in browser.get(address).content.decode()
    assert (balance(acme), len(gateway.charges())) == (50, 1)


def test_a_charge_without_a_person_may_be_confirmed_for_longer(
    gateway: Gateway, card: Card
) -> None:
    payment = pay(card, has_person=False)
    pass_time(payment, 19 * HOUR)
    assert checked(payment).state == PaymentState.CONFIRMING
    pass_time(payment, HOUR + 1)
    assert checked(payment).state == PaymentState.ABANDONED


def test_one_that_is_settled_is_not_confirmed_again(gateway: Gateway, acme: Reseller) -> None:
    payment = pay(make_card(gateway, acme))
    assert confirm(payment).state == PaymentState.SUCCEEDED
    assert not gateway.requests(f"/v1/payment_intents/{payment.gateway_id}/confirm")


def test_the_address_to_confirm_at_is_in_no_record(
    gateway: Gateway, card: Card, acme: Reseller
) -> None:
    payment = pay(card)
    row = CardPayment.objects.filter(pk=payment.pk).values().get()
    assert "_secret_" not in str(row)
    assert "_secret_" not in repr(payment)


@pytest.mark.parametrize("state", ["sending", "unknown", "parked"])
def test_the_page_says_what_is_known(
    gateway: Gateway, acme: Reseller, alice: User, as_: Any, state: str
) -> None:
    payment = begin(make_card(gateway, acme))
    nobody_looks = {"next_check_at": None} if state == "parked" else {}
    CardPayment.objects.update(state=state, **nobody_looks)
    page = as_(alice).get(f"/payments/{payment.uuid}/").content.decode()
    assert "charged once at most" in page
    assert "EUR" in page
    assert timezone.now().strftime("%Y") in page
    assert gateway.requests("/v1/payment_intents") == []
