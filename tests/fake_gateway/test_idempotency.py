"""One idempotency key, one charge: replays, other parameters, two at once, a day later."""

import threading
from collections import Counter
from typing import Any

import pytest
import stripe

from tests.fake_gateway.conftest import Charge
from tests.gateway import Gateway
from tests.programs import eventually

DAY = 24 * 3600


def answer_said_replayed(intent: stripe.PaymentIntent) -> bool:
    assert intent.last_response is not None
    return intent.last_response.headers.get("idempotent-replayed") == "true"


def test_the_same_key_gets_the_same_answer(
    gateway: Gateway, charge: Charge, acme_customer: str
) -> None:
    wish = {"payment_method": gateway.card(acme_customer)}

    first, second = charge(key="k", **wish), charge(key="k", **wish)

    assert second.id == first.id
    assert len(gateway.charges()) == 1
    assert [answer_said_replayed(each) for each in (first, second)] == [False, True]
    assert [each["replayed"] for each in gateway.requests("/v1/payment_intents")] == [False, True]


def test_a_decline_is_replayed_although_the_card_would_pay_now(
    gateway: Gateway, charge: Charge, acme_customer: str
) -> None:
    card = gateway.card(acme_customer, "insufficient_funds")
    ids = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as declined:
            charge(key="k", payment_method=card)
        error: Any = declined.value.error
        ids.append(error.payment_intent.id)
        gateway.becomes(card, "succeeds")

    assert ids[0] == ids[1]
    assert gateway.charges() == []
    assert charge(key="another", payment_method=card).status == "succeeded"


def test_other_parameters_are_refused(
    gateway: Gateway, charge: Charge, client: stripe.StripeClient, acme_customer: str
) -> None:
    card = gateway.card(acme_customer)
    intent = charge(key="k", payment_method=card)

    with pytest.raises(stripe.IdempotencyError, match="same parameters") as refused:
        charge(key="k", payment_method=card, amount=1001)
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        client.v1.refunds.create({"payment_intent": intent.id}, {"idempotency_key": "k"})

    assert refused.value.http_status == 400
    assert [paid["amount"] for paid in gateway.charges()] == [1000]


def test_after_a_day_a_key_is_a_new_one(
    gateway: Gateway, charge: Charge, acme_customer: str
) -> None:
    card = gateway.card(acme_customer)
    first = charge(key="k", payment_method=card)
    gateway.advance(DAY - 60)
    assert charge(key="k", payment_method=card).id == first.id

    gateway.advance(120)

    assert charge(key="k", payment_method=card).id != first.id
    assert len(gateway.charges()) == 2


def test_a_second_while_the_first_runs_is_told_to_wait(
    gateway: Gateway, charge: Charge, acme_customer: str
) -> None:
    card = gateway.card(acme_customer)
    gateway.fault("slow", seconds=20)
    first = threading.Thread(target=charge, kwargs={"key": "k", "payment_method": card})
    first.start()
    eventually(lambda: gateway.ask("GET", "faults") == [])

    with pytest.raises(stripe.APIError) as conflict:  # so the library calls every 409
        charge(key="k", payment_method=card)
    gateway.clear_faults()
    first.join()

    assert conflict.value.http_status == 409
    assert conflict.value.error.code == "idempotency_key_in_use"  # type: ignore[union-attr]
    assert charge(key="k", payment_method=card).status == "succeeded"
    assert len(gateway.charges()) == 1


def test_twenty_at_once_with_one_key_are_one_charge(
    gateway: Gateway, charge: Charge, acme_customer: str
) -> None:
    card = gateway.card(acme_customer)
    answers: Counter[str] = Counter()

    def try_it() -> None:
        try:
            answers[charge(key="k", payment_method=card).id] += 1
        except stripe.APIError as conflict:
            answers[f"status {conflict.http_status}"] += 1

    threads = [threading.Thread(target=try_it) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    answers.pop("status 409", None)
    assert len(answers) == 1
    assert len(gateway.charges()) == 1


def test_twin_twenty_with_their_own_keys_are_twenty_charges(
    gateway: Gateway, charge: Charge, acme_customer: str
) -> None:
    card = gateway.card(acme_customer)
    threads = [
        threading.Thread(target=charge, kwargs={"key": f"k{n}", "payment_method": card})
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(gateway.charges()) == 20
