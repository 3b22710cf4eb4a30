"""What a card should not pay any more is not sent, whoever died between looking and sending."""

from datetime import datetime
from typing import Any

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from billing.actions import park_account
from billing.models import Card, CardPayment
from billing.payments import watching
from billing.payments.charging import charge, check, whole
from billing.payments.settling import settle
from licenses.renewing.engine import Tally, renew_batch
from resellers.models import Reseller, User
from tests.billing.cards import make_card, pass_time
from tests.gateway import Gateway
from tests.licenses.test_card_renewals import due

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def payment(gateway: Gateway, acme: Reseller) -> CardPayment:
    """A renewal that a card is to pay, which nobody has sent yet."""
    make_card(gateway, acme)
    due(acme, 1)
    now = timezone.now()
    renew_batch(Tally(acme), acme.day_of(now), now=now)
    return CardPayment.objects.get()


def claim_and_die(payment: CardPayment) -> None:
    """Take a payment as a worker does, which is killed before it has looked at it."""
    with transaction.atomic(durable=True):
        assert watching.claim(payment.pk, timezone.now())


def let_lease_run_out(payment: CardPayment) -> None:
    pass_time(payment, 121)


def becomes_unwanted(why: str, reseller: Reseller, sam: User) -> None:
    if why == "parked":
        park_account(reseller.pk, "A test.", actor=sam, now=timezone.now())
    else:
        Card.objects.update(refused_at=timezone.now())


@pytest.mark.parametrize("why", ["parked", "refused"])
def test_what_a_dead_worker_had_claimed_is_judged_again(
    gateway: Gateway, acme: Reseller, sam: User, payment: CardPayment, why: str
) -> None:
    claim_and_die(payment)
    becomes_unwanted(why, acme, sam)
    let_lease_run_out(payment)
    assert watching.sweep() == 1
    payment.refresh_from_db()
    assert (payment.state, payment.sent_at) == ("not_sent", None)
    assert gateway.attempts() == []


def test_twin_without_writing_down_last_that_it_is_sent_it_would_be_charged(
    gateway: Gateway, acme: Reseller, sam: User, payment: CardPayment
) -> None:
    claim_and_die(payment)
    CardPayment.objects.update(sent_at=timezone.now())
    becomes_unwanted("parked", acme, sam)
    let_lease_run_out(payment)
    watching.sweep()
    assert len(gateway.charges()) == 1


def test_what_a_dead_worker_had_claimed_is_charged_if_it_still_may_be(
    gateway: Gateway, payment: CardPayment
) -> None:
    claim_and_die(payment)
    let_lease_run_out(payment)
    watching.sweep()
    payment.refresh_from_db()
    assert (payment.state, len(gateway.charges())) == ("succeeded", 1)


def broken_once() -> Any:
    """Return what records an answer, except that the database is away the first time."""
    outages = iter([OperationalError("away")])

    def settles(*args: Any, **options: Any) -> CardPayment:
        for outage in outages:
            raise outage
        return settle(*args, **options)

    return settles


@pytest.mark.parametrize("by", [watching.check_one, charge])
def test_one_that_could_not_be_ended_is_not_sent_by_the_next_look(
    gateway: Gateway, payment: CardPayment, monkeypatch: pytest.MonkeyPatch, by: Any
) -> None:
    Card.objects.update(refused_at=timezone.now())
    monkeypatch.setattr("billing.payments.charging.settle", broken_once())
    by(payment if by is charge else payment.pk)
    assert CardPayment.objects.get().state == "sending"
    pass_time(payment, 301)
    watching.sweep()
    assert (CardPayment.objects.get().state, gateway.attempts()) == ("not_sent", [])


def test_whoever_judged_it_while_another_did_sends_nothing(
    gateway: Gateway, payment: CardPayment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one's lease runs out while it looks, and a second one sends it."""

    def looks_for_too_long(_payment: CardPayment) -> str:
        monkeypatch.undo()
        let_lease_run_out(payment)
        charged_by_another(payment, timezone.now())
        return ""

    monkeypatch.setattr("billing.payments.charging.why_unwanted", looks_for_too_long)
    watching.check_one(payment.pk)
    assert len(gateway.requests("/v1/payment_intents")) == 1


def charged_by_another(payment: CardPayment, now: datetime) -> None:
    with transaction.atomic(durable=True):
        assert watching.claim(payment.pk, now)
    check(whole(payment.pk), now)
