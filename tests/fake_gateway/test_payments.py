"""Charging a card: what each card does, and what is refused."""

from typing import Any

import pytest
import stripe

from tests.fake_gateway.conftest import Charge
from tests.gateway import Gateway


def test_a_card_is_charged(gateway: Gateway, charge: Charge, acme_customer: str) -> None:
    intent = charge(metadata={"payment": "7"}, description="Order 12", key="one")

    assert (intent.status, intent.amount_received) == ("succeeded", 1000)
    (paid,) = gateway.charges()
    assert paid["id"] == intent.latest_charge
    assert paid["customer"] == acme_customer
    assert (paid["amount"], paid["currency"], paid["key"]) == (1000, "eur", "one")
    assert paid["metadata"] == {"payment": "7"}


@pytest.mark.parametrize(
    ("card", "code", "decline_code", "advice"),
    [
        ("declined", "card_declined", "generic_decline", "try_again_later"),
        ("insufficient_funds", "card_declined", "insufficient_funds", "try_again_later"),
        ("stolen", "card_declined", "stolen_card", "do_not_try_again"),
        ("expired", "expired_card", None, "do_not_try_again"),
        ("processing_error", "processing_error", None, "try_again_later"),
        ("needs_authentication", "authentication_required", "authentication_required", None),
    ],
)
def test_a_declined_card_is_a_card_error(
    gateway: Gateway, charge: Charge, *, card: str, code: str, decline_code: str, advice: str
) -> None:
    with pytest.raises(stripe.CardError) as declined:
        charge(card)

    error: Any = declined.value.error
    assert (declined.value.http_status, error.type, error.code) == (402, "card_error", code)
    assert getattr(error, "decline_code", None) == decline_code
    assert getattr(error, "advice_code", None) == advice
    assert error.payment_intent.status == "requires_payment_method"
    assert error.payment_intent.last_payment_error["code"] == code
    assert gateway.charges() == []
    assert [attempt["status"] for attempt in gateway.attempts()] == ["failed"]


def test_a_card_whose_date_is_over_is_expired(
    gateway: Gateway, charge: Charge, acme_customer: str
) -> None:
    card = gateway.card(acme_customer, exp_month=1, exp_year=2020)

    with pytest.raises(stripe.CardError, match="expired"):
        charge(payment_method=card)


def test_a_card_may_change_its_mind(gateway: Gateway, charge: Charge, acme_customer: str) -> None:
    card = gateway.card(acme_customer, "insufficient_funds")
    with pytest.raises(stripe.CardError):
        charge(payment_method=card)

    gateway.becomes(card, "succeeds")

    assert charge(payment_method=card).status == "succeeded"


def test_a_declined_payment_can_be_confirmed_with_another_card(
    gateway: Gateway, client: stripe.StripeClient, charge: Charge, acme_customer: str
) -> None:
    with pytest.raises(stripe.CardError) as declined:
        charge("declined")
    intent: Any = declined.value.error
    public_id = intent.payment_intent.id

    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        client.v1.payment_intents.confirm(public_id)
    other = gateway.card(acme_customer)
    after = client.v1.payment_intents.confirm(public_id, {"payment_method": other})

    assert after.status == "succeeded"
    assert after.last_payment_error is None
    assert len(gateway.charges()) == 1


def test_what_succeeded_is_neither_confirmed_nor_cancelled(
    gateway: Gateway, client: stripe.StripeClient, charge: Charge
) -> None:
    intent = charge()

    for verb in (client.v1.payment_intents.confirm, client.v1.payment_intents.cancel):
        with pytest.raises(stripe.InvalidRequestError, match="already succeeded") as refused:
            verb(intent.id)
        assert refused.value.code == "payment_intent_unexpected_state"
    assert len(gateway.charges()) == 1


def test_a_cancelled_payment_is_never_charged(
    gateway: Gateway, client: stripe.StripeClient, acme_customer: str
) -> None:
    intent = client.v1.payment_intents.create(
        {"amount": 500, "currency": "eur", "customer": acme_customer}
    )
    assert intent.status == "requires_payment_method"

    assert client.v1.payment_intents.cancel(intent.id).status == "canceled"

    with pytest.raises(stripe.InvalidRequestError, match="status of canceled"):
        client.v1.payment_intents.confirm(
            intent.id, {"payment_method": gateway.card(acme_customer)}
        )
    assert gateway.attempts() == []


def test_metadata_is_kept_changed_and_removed(client: stripe.StripeClient, charge: Charge) -> None:
    intent = charge(metadata={"a": "1", "b": "2"})

    client.v1.payment_intents.update(intent.id, {"metadata": {"a": "", "c": "3"}})

    after = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert after.metadata.to_dict() == {"b": "2", "c": "3"}
    assert after.latest_charge.paid  # type: ignore[union-attr]


def test_payments_of_a_customer_are_listed_newest_first(
    gateway: Gateway, client: stripe.StripeClient, charge: Charge, acme_customer: str
) -> None:
    stranger = gateway.customer("Globex")
    charge(customer=stranger, payment_method=gateway.card(stranger))
    made = [charge(metadata={"n": str(n)}).id for n in range(5)]

    first = client.v1.payment_intents.list({"customer": acme_customer, "limit": 2})
    everything = [each.id for each in first.auto_paging_iter()]

    assert first.has_more
    assert everything == made[::-1]


def test_payments_are_found_by_their_time(
    gateway: Gateway, client: stripe.StripeClient, charge: Charge, acme_customer: str
) -> None:
    charge()
    gateway.advance(3600)
    late = charge()

    found = client.v1.payment_intents.list(
        {"customer": acme_customer, "created": {"gte": late.created - 60}}
    )

    assert [each.id for each in found.data] == [late.id]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"amount": 0}, "greater than or equal to 1"),
        ({"amount": 49}, "at least 0.50"),
        ({"amount": "10.5"}, "Invalid integer"),
        ({"amount": 100_000_000}, "no more than"),
        ({"amount": None}, "Missing required param: amount"),
        ({"currency": None}, "Missing required param: currency"),
        ({"customer": "cus_none"}, "No such customer"),
        ({"payment_method": "pm_none"}, "No such PaymentMethod"),
        ({"confirm": False}, "`off_session` can only be used"),
        ({"amuont": 1}, "unknown parameter: amuont"),
        ({"allowed_payment_method_types": None}, "must provide a `return_url`"),
        ({"expand": ["nothing"]}, "cannot be expanded"),
        ({"payment_method_types": ["card"]}, "no longer supported"),
        ({"automatic_payment_methods": {"enabled": True}}, "exclude each other"),
    ],
)
def test_a_request_that_makes_no_sense_charges_nothing(
    gateway: Gateway, charge: Charge, change: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=sentence) as refused:
        charge(key="kept", **change)

    assert refused.value.http_status == 400
    assert gateway.attempts() == []
    assert charge(key="kept").status == "succeeded"  # the key is still free


def test_a_strangers_card_is_refused(gateway: Gateway, charge: Charge) -> None:
    card = gateway.card(gateway.customer("Globex"))

    with pytest.raises(stripe.InvalidRequestError, match="does not belong to the Customer"):
        charge(payment_method=card)


def test_a_wrong_key_is_refused(gateway: Gateway) -> None:
    client = stripe.StripeClient("sk_test_wrong", base_addresses={"api": gateway.url})

    with pytest.raises(stripe.AuthenticationError, match=r"Invalid API Key provided: sk_test_\*+"):
        client.v1.customers.create({})


def test_an_address_that_is_not_there_is_said(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL"):
        client.v1.products.list()
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent") as missing:
        client.v1.payment_intents.retrieve("pi_none")
    assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")
