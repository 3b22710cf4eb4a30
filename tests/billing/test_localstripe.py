"""Our adapter before a gateway that we did not write; tests/billing/localstripe.py tells how."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from billing.gateway import Answer, Charge, Outcome, WrongSignatureError
from billing.gateway.stripe_api import StripeGateway
from tests.billing.localstripe import SECRET_KEY, LocalStripe
from tests.fake_gateway.receiver import Receiver
from tests.programs import eventually

DECLINED, ASKS_THE_BANK = "4000000000000341", "4000002760003184"
WEBHOOK_SECRET = "whsec_of_the_tests"


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStripe]:
    """A running localstripe."""
    process = LocalStripe(tmp_path_factory.mktemp("localstripe"))
    yield process
    process.stop()


@pytest.fixture(scope="module")
def adapter(peer: LocalStripe) -> StripeGateway:
    """Our adapter, which speaks to it."""
    return StripeGateway(SECRET_KEY, WEBHOOK_SECRET, peer.url, (1, 10))


@pytest.fixture
def customer(adapter: StripeGateway) -> str:
    return adapter.create_customer(f"customer/{uuid4()}", "Acme")


def wish(peer: LocalStripe, customer: str, number: str = "4242424242424242") -> Charge:
    """Return a charge of 12.34 to a new card, with nobody at the screen."""
    return Charge(
        key=f"deposit/{uuid4()}",
        customer=customer,
        card=peer.card(customer, number),
        amount=Decimal("12.34"),
        currency="EUR",
        purpose="deposit",
    )


def find(adapter: StripeGateway, charge: Charge) -> Answer:
    return adapter.find(charge, timezone.now() - timedelta(days=1))


def test_a_customer_has_our_name(peer: LocalStripe, customer: str) -> None:
    assert customer.startswith("cus_")
    assert peer.client().customers.retrieve(customer).name == "Acme"


def test_a_charge_that_succeeds(peer: LocalStripe, adapter: StripeGateway, customer: str) -> None:
    charge = wish(peer, customer)
    answer = adapter.charge(charge)
    assert answer == Answer(Outcome.SUCCEEDED, answer.gateway_id)
    intent = peer.client().payment_intents.retrieve(answer.gateway_id)
    assert (intent.amount, intent.currency, intent.customer) == (1234, "eur", customer)
    assert intent.metadata.to_dict() == {"key": charge.key, "purpose": "deposit"}
    assert peer.keys[-1] == charge.key
    assert adapter.fetch(answer.gateway_id).outcome == Outcome.SUCCEEDED


def test_a_card_that_is_declined(peer: LocalStripe, adapter: StripeGateway, customer: str) -> None:
    charge = wish(peer, customer, DECLINED)
    answer = adapter.charge(charge)
    assert (answer.outcome, answer.code) == (Outcome.DECLINED, "card_declined")
    assert find(adapter, charge).outcome == Outcome.DECLINED


@pytest.mark.parametrize("return_url", ["", "https://portal.example.com/payments/1/"])
def test_a_card_whose_bank_asks(
    peer: LocalStripe, adapter: StripeGateway, customer: str, return_url: str
) -> None:
    asking = adapter.charge(replace(wish(peer, customer, ASKS_THE_BANK), return_url=return_url))
    assert asking.outcome == Outcome.NEEDS_AUTHENTICATION
    assert adapter.fetch(asking.gateway_id).outcome == Outcome.NEEDS_AUTHENTICATION
    peer.authenticate(asking.gateway_id)
    assert adapter.fetch(asking.gateway_id).outcome == Outcome.SUCCEEDED


def test_a_payment_that_its_owner_does_not_confirm(
    peer: LocalStripe, adapter: StripeGateway, customer: str
) -> None:
    asking = adapter.charge(wish(peer, customer, ASKS_THE_BANK))
    peer.authenticate(asking.gateway_id, success=False)
    assert adapter.fetch(asking.gateway_id).outcome == Outcome.DECLINED


def test_what_waits_for_a_person_is_ended_and_what_was_paid_is_not(
    peer: LocalStripe, adapter: StripeGateway, customer: str
) -> None:
    asking = adapter.charge(wish(peer, customer, ASKS_THE_BANK))
    assert adapter.cancel(asking.gateway_id).outcome == Outcome.CANCELLED
    assert adapter.fetch(asking.gateway_id).outcome == Outcome.CANCELLED
    paid = adapter.charge(wish(peer, customer))
    assert adapter.cancel(paid.gateway_id).outcome == Outcome.SUCCEEDED


def test_a_charge_is_found_by_its_key(
    peer: LocalStripe, adapter: StripeGateway, customer: str
) -> None:
    charges = [wish(peer, customer) for _ in range(3)]
    paid = [adapter.charge(charge) for charge in charges]
    assert find(adapter, charges[1]).gateway_id == paid[1].gateway_id
    assert find(adapter, wish(peer, customer)).outcome == Outcome.ABSENT


def test_a_list_that_it_refuses_leaves_the_outcome_unknown(
    peer: LocalStripe, adapter: StripeGateway, customer: str
) -> None:
    charge = wish(peer, customer)
    adapter.charge(charge)
    direct = StripeGateway(SECRET_KEY, WEBHOOK_SECRET, peer.own_url, (1, 10))
    assert find(direct, charge).outcome == Outcome.UNKNOWN


def test_a_repeated_charge_has_the_same_key_which_alone_keeps_it_one(
    peer: LocalStripe, adapter: StripeGateway, customer: str
) -> None:
    charge = wish(peer, customer)
    first, second = adapter.charge(charge), adapter.charge(charge)
    assert peer.keys[-2:] == [charge.key] * 2
    assert first.gateway_id != second.gateway_id, "localstripe does not look at keys"


@pytest.mark.parametrize("change", [{"customer": "cus_nobody"}, {"card": "pm_none"}])
def test_what_it_does_not_know_is_not_charged(
    peer: LocalStripe, adapter: StripeGateway, customer: str, change: Any
) -> None:
    charge = replace(wish(peer, customer), **change)
    assert adapter.charge(charge).outcome == Outcome.NOT_SENT


def test_parts_go_back_and_are_found_by_their_keys(
    peer: LocalStripe, adapter: StripeGateway, customer: str
) -> None:
    paid = adapter.charge(wish(peer, customer)).gateway_id
    key = f"refund/{uuid4()}"
    back = adapter.refund(key, paid, Decimal("2.34"), "EUR")
    assert (back.outcome, peer.keys[-1]) == (Outcome.SUCCEEDED, key)
    assert peer.client().refunds.retrieve(back.gateway_id).amount == 234
    assert adapter.find_refund(key, paid) == back
    assert adapter.find_refund(f"refund/{uuid4()}", paid).outcome == Outcome.ABSENT


def test_nothing_goes_back_of_what_was_not_paid(
    peer: LocalStripe, adapter: StripeGateway, customer: str
) -> None:
    charge = wish(peer, customer, DECLINED)
    adapter.charge(charge)
    failed = find(adapter, charge).gateway_id
    assert adapter.refund("refund/1", failed, Decimal(1), "EUR").outcome == Outcome.NOT_SENT


def test_a_card_is_let_go_of(peer: LocalStripe, adapter: StripeGateway, customer: str) -> None:
    card = peer.card(customer)
    adapter.detach(card)
    assert peer.client().payment_methods.retrieve(card).customer is None
    adapter.detach("pm_gone")


def test_its_webhooks_are_understood_and_forged_ones_refused(
    peer: LocalStripe, adapter: StripeGateway, customer: str
) -> None:
    receiver = Receiver()
    peer.configure_webhook(receiver.url, WEBHOOK_SECRET)
    charge = wish(peer, customer)
    paid = adapter.charge(charge)
    mine = (paid.gateway_id.encode(), b"payment_intent.succeeded")

    def told() -> list[tuple[bytes, str | None]]:
        return [each for each in receiver.received if all(word in each[0] for word in mine)]

    [(body, signature), *_] = eventually(told)
    receiver.stop()
    hint = adapter.read_webhook(body, signature or "")
    assert hint is not None
    assert (hint.gateway_id, hint.key) == (paid.gateway_id, charge.key)
    with pytest.raises(WrongSignatureError):
        adapter.read_webhook(body.replace(b"1234", b"9234"), signature or "")
