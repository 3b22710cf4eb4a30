"""Events are told as Stripe tells them; and as it must not matter: twice, late, in any order."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from tests.fake_gateway.conftest import Charge
from tests.fake_gateway.receiver import Receiver
from tests.gateway import Gateway
from tests.programs import eventually

Heard = list[Any]


@pytest.fixture
def receiver(gateway: Gateway) -> Iterator[Receiver]:
    """A server that the gateway tells."""
    receiver = Receiver()
    gateway.webhooks(url=receiver.url, back_off=[0.1, 0.1])
    yield receiver
    gateway.webhooks(url="")
    receiver.stop()


def heard(gateway: Gateway, receiver: Receiver, count: int) -> Heard:
    """Wait for so many posts; return their events, checked as our portal checks them."""
    eventually(lambda: len(receiver.received) >= count)
    assert len(receiver.received) == count
    return [
        gateway.client().construct_event(body, str(header), gateway.webhook_secret)
        for body, header in receiver.received
    ]


def test_a_payment_is_told_with_a_right_signature(
    gateway: Gateway, receiver: Receiver, charge: Charge
) -> None:
    intent = charge(key="k", metadata={"payment": "7"})

    (event,) = heard(gateway, receiver, 1)

    assert event.type == "payment_intent.succeeded"
    assert event.data.object.id == intent.id
    assert event.data.object.metadata.to_dict() == {"payment": "7"}
    assert event.request.idempotency_key == "k"
    (delivery,) = gateway.deliveries()
    assert (delivery["state"], delivery["statuses"]) == ("delivered", [200])


def test_everything_that_the_portal_wants_to_know_is_told(
    gateway: Gateway, client: stripe.StripeClient, charge: Charge, acme_customer: str
) -> None:
    intent = charge()
    client.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.CardError):
        charge("declined")
    waits = charge("needs_authentication", off_session=False, return_url="http://127.0.0.1/back")
    client.v1.payment_intents.cancel(waits.id)
    client.v1.payment_methods.detach(gateway.card(acme_customer))

    assert [event["type"] for event in gateway.events()] == [
        "payment_intent.succeeded",
        "charge.refunded",
        "payment_intent.payment_failed",
        "payment_intent.requires_action",
        "payment_intent.canceled",
        "payment_method.detached",
    ]
    detached = gateway.events("payment_method.detached")[0]["data"]
    assert detached["previous_attributes"] == {"customer": acme_customer}
    assert "_card" not in json.dumps(gateway.events())


def test_a_replayed_answer_tells_nothing_new(gateway: Gateway, charge: Charge) -> None:
    for _ in range(2):
        charge(key="k", payment_method="pm_card_visa")

    assert len(gateway.events()) == 1


def test_it_is_told_again_until_somebody_listens(
    gateway: Gateway, receiver: Receiver, charge: Charge
) -> None:
    receiver.answers = [500, 303]
    charge()

    events = heard(gateway, receiver, 3)

    assert len({event.id for event in events}) == 1
    eventually(lambda: gateway.deliveries()[0]["state"] == "delivered")
    assert gateway.deliveries()[0]["statuses"] == [500, 303, 200]


def test_after_the_last_attempt_it_is_given_up(
    gateway: Gateway, receiver: Receiver, charge: Charge
) -> None:
    receiver.answers = [500] * 5
    charge()

    eventually(lambda: gateway.deliveries()[0]["state"] == "given up")

    assert gateway.deliveries()[0]["attempts"] == 3


def test_nobody_at_the_address_costs_the_payment_nothing(gateway: Gateway, charge: Charge) -> None:
    gateway.webhooks(url="http://127.0.0.1:9/", back_off=[0.05])

    assert charge().status == "succeeded"

    eventually(lambda: gateway.deliveries()[0]["state"] == "given up")
    assert gateway.deliveries()[0]["statuses"] == [0, 0]


def test_withheld_events_come_when_they_are_let_go_newest_first(
    gateway: Gateway, receiver: Receiver, charge: Charge
) -> None:
    gateway.webhooks(withheld=True, order="newest")
    first, second = charge(), charge()
    assert receiver.received == []

    answered = gateway.deliver()

    assert [each["statuses"] for each in answered] == [[200], [200]]
    told = [event.data.object.id for event in heard(gateway, receiver, 2)]
    assert told == [second.id, first.id]
    assert gateway.deliver() == []


def test_an_event_may_be_told_twice(gateway: Gateway, receiver: Receiver, charge: Charge) -> None:
    gateway.webhooks(times=2)
    charge()

    first, second = heard(gateway, receiver, 2)

    assert first.id == second.id


@pytest.mark.parametrize("kind", ["wrong", "stale", "none"])
def test_a_signature_may_be_wrong(
    gateway: Gateway, receiver: Receiver, charge: Charge, kind: str
) -> None:
    gateway.webhooks(signature=kind)
    charge()
    eventually(lambda: receiver.received)

    with pytest.raises(stripe.SignatureVerificationError):
        heard(gateway, receiver, 1)


def test_a_test_may_sign_and_post_an_event_itself(gateway: Gateway, charge: Charge) -> None:
    charge()
    (event,) = gateway.events("payment_intent.succeeded")

    body, header = gateway.signed(event)

    assert stripe.Webhook.construct_event(body, header, gateway.webhook_secret).id == event["id"]


def test_a_killed_gateway_tells_after_its_start(
    gateway: Gateway, receiver: Receiver, charge: Charge
) -> None:
    gateway.webhooks(withheld=True)
    charge()
    gateway.kill()
    gateway.start()

    gateway.webhooks(withheld=False)

    assert len(heard(gateway, receiver, 1)) == 1


@pytest.mark.parametrize(
    "manner",
    [{"order": "sideways"}, {"url": "ftp://127.0.0.1/"}, {"times": "twice"}, {"speed": 1}],
)
def test_an_unknown_manner_is_refused(gateway: Gateway, manner: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match="cannot be"):
        gateway.webhooks(**manner)
