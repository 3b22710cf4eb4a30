"""A customer with cards, and the shortest way to charge one of them."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from tests.gateway import Gateway

Charge = Callable[..., stripe.PaymentIntent]


@pytest.fixture
def client(gateway: Gateway) -> stripe.StripeClient:
    """The official library."""
    return gateway.client()


@pytest.fixture
def acme_customer(gateway: Gateway) -> str:
    """A customer without a card."""
    return gateway.customer("Acme")


@pytest.fixture
def charge(gateway: Gateway, acme_customer: str) -> Charge:
    """Charge a new card of Acme's 10 euros without Acme being there."""

    def charge(card: str = "succeeds", key: str = "", timeout: float = 5, **more: Any) -> Any:
        wish = {
            "amount": 1000,
            "currency": "eur",
            "customer": acme_customer,
            "confirm": True,
            "off_session": True,
            "allowed_payment_method_types": ["card"],
            **more,
        }
        if "payment_method" not in wish:
            wish["payment_method"] = gateway.card(acme_customer, card)
        options: Any = {"idempotency_key": key} if key else {}
        return gateway.client(timeout).v1.payment_intents.create(wish, options)  # type: ignore[arg-type]

    return charge
