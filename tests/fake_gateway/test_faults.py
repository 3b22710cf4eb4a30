"""Faults on request, and a gateway that is killed: what was charged stays charged, once."""

import pytest
import stripe

from tests.fake_gateway.conftest import Charge
from tests.gateway import Gateway
from tests.programs import eventually


@pytest.fixture
def card(gateway: Gateway, acme_customer: str) -> str:
    """A card that pays."""
    return gateway.card(acme_customer)


@pytest.mark.parametrize(
    ("kind", "error", "charged"),
    [
        ("timeout_before", stripe.APIConnectionError, 0),
        ("timeout_after", stripe.APIConnectionError, 1),
        ("error_before", stripe.APIError, 0),
        ("error_after", stripe.APIError, 1),
        ("reset_before", stripe.APIConnectionError, 0),
        ("reset_after", stripe.APIConnectionError, 1),
        ("rate_limit", stripe.RateLimitError, 0),
    ],
)
def test_the_same_request_again_completes_the_one_charge(
    gateway: Gateway,
    charge: Charge,
    *,
    card: str,
    kind: str,
    error: type[stripe.StripeError],
    charged: int,
) -> None:
    gateway.fault(kind)

    with pytest.raises(error):
        charge(key="k", payment_method=card, timeout=0.5)

    assert len(gateway.charges()) == charged
    assert charge(key="k", payment_method=card).status == "succeeded"
    assert len(gateway.charges()) == 1


def test_an_error_can_be_the_answer_for_good(gateway: Gateway, charge: Charge, card: str) -> None:
    gateway.fault("error_after", saved=True)

    for _ in range(2):
        with pytest.raises(stripe.APIError):
            charge(key="k", payment_method=card)

    assert len(gateway.charges()) == 1


def test_a_slow_answer_comes(gateway: Gateway, charge: Charge, card: str) -> None:
    gateway.fault("slow", seconds=0.3)

    assert charge(payment_method=card).status == "succeeded"


def test_a_fault_hits_the_requests_that_it_names(
    gateway: Gateway, client: stripe.StripeClient, charge: Charge, card: str
) -> None:
    gateway.fault("error_before", skip=1, times=2)
    gateway.fault("error_before", path="/v1/customers/*", method="GET")

    assert charge(payment_method=card).status == "succeeded"
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            charge(payment_method=card)
    assert charge(payment_method=card).status == "succeeded"
    assert client.v1.customers.create({}).id
    assert len(gateway.ask("GET", "faults")) == 1


def test_a_request_without_an_answer_is_in_the_list(
    gateway: Gateway, charge: Charge, card: str
) -> None:
    gateway.fault("reset_before")
    with pytest.raises(stripe.APIConnectionError):
        charge(key="k", payment_method=card)

    (asked,) = gateway.requests("/v1/payment_intents")

    assert (asked["key"], asked["status"]) == ("k", None)


def test_an_unknown_fault_is_refused(gateway: Gateway) -> None:
    with pytest.raises(AssertionError, match="kind is one of"):
        gateway.fault("earthquake")


def test_a_killed_gateway_knows_what_it_answered(
    gateway: Gateway, charge: Charge, card: str
) -> None:
    paid = charge(key="k", payment_method=card)
    with pytest.raises(stripe.CardError):
        charge("stolen", key="declined")
    gateway.advance(3600)

    gateway.kill()
    with pytest.raises(stripe.APIConnectionError):
        charge(key="k", payment_method=card)
    gateway.start()

    again = charge(key="k", payment_method=card)
    assert again.id == paid.id
    assert len(gateway.charges()) == 1
    assert len(gateway.attempts()) == 2
    assert gateway.ask("POST", "clock") == {"offset": 3600}


def test_a_gateway_killed_after_charging_charged_once(
    gateway: Gateway, charge: Charge, card: str
) -> None:
    gateway.fault("timeout_after")
    with pytest.raises(stripe.APIConnectionError):
        charge(key="k", payment_method=card, timeout=0.3)
    gateway.kill()
    gateway.start()

    assert charge(key="k", payment_method=card).status == "succeeded"
    assert len(gateway.charges()) == 1


def test_reset_lets_go_of_those_who_hang(gateway: Gateway, charge: Charge, card: str) -> None:
    gateway.fault("timeout_before")
    with pytest.raises(stripe.APIConnectionError):
        charge(payment_method=card, timeout=0.3)

    gateway.reset()

    eventually(lambda: gateway.ask("GET", "health") and gateway.attempts() == [])
