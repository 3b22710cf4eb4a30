"""Webhooks: signed or refused, repeated or out of order, and never believed."""

import json
from typing import Any

import pytest
from django.test import Client

from billing.models import Account, Card, CardPayment, PaymentState
from billing.payments import settle
from billing.payments.watching import sweep
from resellers.models import Reseller, User
from tests.billing.cards import begin, make_card, pay
from tests.gateway import Gateway

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/webhooks/stripe/"


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    settings.STRIPE_TIMEOUT_SECONDS = (1, 0.5)


@pytest.fixture
def card(gateway: Gateway, acme: Reseller) -> Card:
    return make_card(gateway, acme)


def balance(reseller: Reseller) -> Any:
    return Account.objects.get(reseller=reseller).balance


def post(body: bytes, signature: str) -> int:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(ADDRESS, body, "application/json", headers={"Stripe-Signature": signature})
    return answer.status_code


def tell(gateway: Gateway, event: Any) -> int:
    return post(*gateway.signed(event))


def state(payment: CardPayment) -> str:
    return CardPayment.objects.get(pk=payment.pk).state


def unknown(gateway: Gateway, card: Card) -> CardPayment:
    gateway.fault("timeout_after", seconds=2)
    payment = pay(card)
    assert payment.state == PaymentState.UNKNOWN
    return payment


def test_word_that_it_was_paid_settles_it_long_before_the_schedule(
    gateway: Gateway, card: Card, acme: Reseller
) -> None:
    payment = unknown(gateway, card)
    [event] = gateway.events("payment_intent.succeeded")
    assert tell(gateway, event) == 200
    assert sweep() == 1
    assert (state(payment), balance(acme)) == ("succeeded", 50)


def test_repeats_in_any_order_are_one_deposit(gateway: Gateway, acme: Reseller) -> None:
    payment = pay(make_card(gateway, acme, "needs_authentication"))
    gateway.authenticate(payment.gateway_id)
    events = gateway.events()
    for event in [*reversed(events), *events, *events]:
        assert tell(gateway, event) == 200
        sweep()
    assert (state(payment), balance(acme)) == ("succeeded", 50)


def everything_asked(gateway: Gateway) -> list[Any]:
    about = "/v1/payment_intents"
    return gateway.requests(about) + gateway.requests(about, method="GET")


def test_word_of_what_is_known_to_be_paid_costs_no_request(
    gateway: Gateway, card: Card, acme: Reseller
) -> None:
    assert pay(card).state == PaymentState.SUCCEEDED
    asked = everything_asked(gateway)
    for event in gateway.events("payment_intent.succeeded") * 3:
        assert tell(gateway, event) == 200
    assert sweep() == 0
    assert everything_asked(gateway) == asked
    assert balance(acme) == 50


def test_what_it_says_is_not_believed(gateway: Gateway, card: Card, acme: Reseller) -> None:
    gateway.fault("timeout_before", seconds=2)
    payment = pay(card)
    lie = {
        "type": "payment_intent.succeeded",
        "data": {"object": {"id": "pi_lie", "metadata": {"key": payment.key}}},
    }
    assert tell(gateway, lie) == 200
    sweep()
    assert (state(payment), balance(acme)) == ("unknown", 0)


@pytest.mark.parametrize("signature", ["", "t=1,v1=00", "nonsense", "t=x,v1=y", "t=1,v1=é"])
def test_a_wrong_signature_is_refused_and_changes_nothing(
    gateway: Gateway, card: Card, signature: str
) -> None:
    payment = unknown(gateway, card)
    [event] = gateway.events("payment_intent.succeeded")
    assert post(json.dumps(event).encode(), signature) == 400
    assert sweep() == 0
    assert state(payment) == "unknown"


def test_an_old_or_changed_message_is_refused(gateway: Gateway, card: Card) -> None:
    unknown(gateway, card)
    [event] = gateway.events("payment_intent.succeeded")
    body, signature = gateway.signed(event)
    assert post(body + b" ", signature) == 400
    old = int(signature.split(",")[0][2:]) - 600
    from reseller_portal.fake_gateway.webhooks import signature as sign

    assert post(body, sign(body, gateway.webhook_secret, old)) == 400


@pytest.mark.parametrize(
    "event",
    [
        {"type": "payment_intent.succeeded", "data": {"object": {"id": "pi_of_nobody"}}},
        {"type": "payment_intent.succeeded", "data": {"object": {}}},
        {"type": "payment_intent.succeeded"},
        {"type": "invoice.paid", "data": {"object": {"id": "in_1"}}},
        {"type": "checkout.session.completed", "data": {"object": {"mode": "payment"}}},
        {},
    ],
)
def test_what_concerns_nothing_of_ours_is_fine(gateway: Gateway, card: Card, event: Any) -> None:
    begin(card)
    assert tell(gateway, event) == 200


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff\xfe", b"1", b'{"data": 3}'])
def test_nonsense_that_is_signed_is_no_error(gateway: Gateway, card: Card, body: bytes) -> None:
    import time

    from reseller_portal.fake_gateway.webhooks import signature as sign

    assert post(body, sign(body, gateway.webhook_secret, int(time.time()))) in {200, 400}


def test_a_payment_that_is_just_being_sent_is_left_to_its_sender(
    gateway: Gateway, card: Card, acme: Reseller
) -> None:
    payment = begin(card)
    word = {
        "type": "payment_intent.succeeded",
        "data": {"object": {"id": "pi_soon", "metadata": {"key": payment.key}}},
    }
    assert tell(gateway, word) == 200
    assert sweep() == 0
    assert state(payment) == "sending"


def test_a_parked_payment_is_looked_at_again(gateway: Gateway, card: Card, acme: Reseller) -> None:
    payment = unknown(gateway, card)
    CardPayment.objects.update(state="parked", next_check_at=None, checks=7)
    [event] = gateway.events("payment_intent.succeeded")
    assert tell(gateway, event) == 200
    assert sweep() == 1
    assert (state(payment), balance(acme)) == ("succeeded", 50)


def test_one_that_had_failed_and_was_paid_after_all_is_noted(
    gateway: Gateway, card: Card, acme: Reseller
) -> None:
    from django.utils import timezone

    from billing.gateway import Answer, Outcome

    payment = unknown(gateway, card)
    settle(payment.pk, Answer(Outcome.ABSENT), timezone.now())
    [event] = gateway.events("payment_intent.succeeded")
    assert tell(gateway, event) == 200
    after = CardPayment.objects.get()
    assert (after.state, balance(acme)) == ("not_sent", 0)
    assert after.contradicted_at is not None


def test_a_card_is_kept_although_its_owner_closed_the_window(
    gateway: Gateway, as_: Any, alice: User, acme: Reseller
) -> None:
    address = as_(alice).post("/settings/payment/add/")["Location"]
    gateway.pick_card(address.rsplit("/", 1)[1])
    [event] = gateway.events("checkout.session.completed")
    for _time in range(2):
        assert tell(gateway, event) == 200
    card = Card.objects.get()
    assert (card.reseller, card.added_by) == (acme, alice)


def test_a_silent_gateway_is_asked_to_tell_of_a_card_again(
    gateway: Gateway, as_: Any, alice: User, settings: Any
) -> None:
    address = as_(alice).post("/settings/payment/add/")["Location"]
    gateway.pick_card(address.rsplit("/", 1)[1])
    [event] = gateway.events("checkout.session.completed")
    settings.STRIPE_API_BASE = "http://127.0.0.1:1"
    assert tell(gateway, event) == 503


def test_only_posts_are_taken(gateway: Gateway) -> None:
    assert Client().get(ADDRESS).status_code == 405


def test_without_cards_there_is_no_such_page(db: None) -> None:
    assert Client().post(ADDRESS).status_code == 404
