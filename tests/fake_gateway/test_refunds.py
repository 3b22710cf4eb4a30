"""Money that goes back: in parts, once, never more than was paid."""

import threading
from typing import Any

import pytest
import stripe

from tests.fake_gateway.conftest import Charge
from tests.gateway import Gateway


def test_a_payment_goes_back_in_parts_and_no_further(
    gateway: Gateway, client: stripe.StripeClient, charge: Charge
) -> None:
    intent = charge()
    refunds = client.v1.refunds

    part = refunds.create({"payment_intent": intent.id, "amount": 300, "metadata": {"n": "1"}})
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        refunds.create({"payment_intent": intent.id, "amount": 701})
    rest = refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError, match="already been refunded") as refused:
        refunds.create({"payment_intent": intent.id, "amount": 1})

    assert refused.value.code == "charge_already_refunded"
    assert (part.amount, part.status, rest.amount) == (300, "succeeded", 700)
    listed = refunds.list({"payment_intent": intent.id})
    assert [each.id for each in listed.data] == [rest.id, part.id]
    assert refunds.retrieve(part.id).charge == intent.latest_charge
    (paid,) = gateway.charges()
    assert paid["amount_refunded"] == 1000
    assert client.v1.charges.retrieve(paid["id"]).refunded


def test_one_key_is_one_refund(
    gateway: Gateway, client: stripe.StripeClient, charge: Charge
) -> None:
    intent = charge()

    made = [
        client.v1.refunds.create(
            {"payment_intent": intent.id, "amount": 100}, {"idempotency_key": "r"}
        ).id
        for _ in range(2)
    ]

    assert made[0] == made[1]
    assert [(each["amount"], each["key"]) for each in gateway.refunds()] == [(100, "r")]


def test_a_refund_whose_answer_is_lost_is_made_once(
    gateway: Gateway, client: stripe.StripeClient, charge: Charge
) -> None:
    intent = charge()
    gateway.fault("reset_after", path="/v1/refunds")
    wish = ({"payment_intent": intent.id}, {"idempotency_key": "r"})

    with pytest.raises(stripe.APIConnectionError):
        client.v1.refunds.create(*wish)  # type: ignore[arg-type]

    assert client.v1.refunds.create(*wish).amount == 1000  # type: ignore[arg-type]
    assert len(gateway.refunds()) == 1


def test_ten_refunds_at_once_pay_back_what_was_paid(
    gateway: Gateway, client: stripe.StripeClient, charge: Charge
) -> None:
    intent = charge()
    refused = []

    def refund() -> None:
        try:
            client.v1.refunds.create({"payment_intent": intent.id, "amount": 300})
        except stripe.InvalidRequestError as error:
            refused.append(error)

    threads = [threading.Thread(target=refund) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(each["amount"] for each in gateway.refunds()) == 900
    assert len(refused) == 7


def test_what_was_not_paid_is_not_refunded(client: stripe.StripeClient, charge: Charge) -> None:
    with pytest.raises(stripe.CardError) as declined:
        charge("declined")
    error: Any = declined.value.error

    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        client.v1.refunds.create({"payment_intent": error.payment_intent.id})
    with pytest.raises(stripe.InvalidRequestError, match="Missing required param"):
        client.v1.refunds.create({})
