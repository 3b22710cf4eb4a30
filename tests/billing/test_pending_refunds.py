"""Refunds that a bank takes its time for: under way until the gateway says how they ended."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.actions.card_refunds import ask_about_refund, declare_paid_back
from billing.gateway import Answer, Outcome
from billing.models import CardPayment, CardRefund, CardRefundState
from billing.payments.refunding import open_refund, sweep_refunds
from reseller_portal.refusals import Refusal
from resellers.models import AuditEvent, Reseller, User
from tests.billing.cards import answered, make_card, pay
from tests.gateway import Gateway

pytestmark = pytest.mark.django_db(transaction=True)
As = Callable[[User], Client]
DAY = timedelta(days=1)


@pytest.fixture
def refund(gateway: Gateway, acme: Reseller) -> CardRefund:
    """10.00 of 50.00 went off to a card whose bank takes its time."""
    payment = pay(make_card(gateway, acme, "slow_refunds"))
    with transaction.atomic():
        open_refund(payment, Decimal(10), key="refund/1", actor=None, now=timezone.now())
    sweep_refunds()
    return CardRefund.objects.get()


def fresh() -> CardRefund:
    return CardRefund.objects.get()


def let_pass(span: timedelta) -> None:
    """Let so much time be over since it was sent; it is due again, and looked at."""
    row = fresh()
    assert row.sent_at
    row.sent_at, row.next_check_at = row.sent_at - span, timezone.now()
    row.save()
    sweep_refunds()


def verbs() -> list[str]:
    found = AuditEvent.objects.filter(verb__contains="refund").order_by("pk")
    return list(found.values_list("verb", flat=True))


def hook(gateway: Gateway, client: Client) -> int:
    """Tell the portal the last thing that happened, as the gateway does."""
    body, header = gateway.signed(gateway.events("refund.updated")[0])
    address, form = "/webhooks/stripe/", "application/json"
    return client.post(address, body, form, headers={"Stripe-Signature": header}).status_code


def test_it_is_on_its_way_and_asked_about_once_a_day(refund: CardRefund) -> None:
    assert (refund.state, refund.settled_at) == (CardRefundState.WAITING, None)
    assert refund.next_check_at
    assert refund.next_check_at > timezone.now() + DAY * 0.9
    assert verbs() == ["payment.refund_started"]


def test_once_it_has_arrived_it_is_paid_back(refund: CardRefund, gateway: Gateway) -> None:
    let_pass(DAY)
    assert fresh().state == CardRefundState.WAITING
    gateway.advance(3600)
    let_pass(DAY)
    assert fresh().state == CardRefundState.SUCCEEDED
    assert len(gateway.requests("/v1/refunds")) == 1
    assert verbs() == ["payment.refund_started", "payment.refunded"]


def test_after_two_weeks_staff_look_for_it(refund: CardRefund) -> None:
    for _day in range(13):
        let_pass(DAY)
    assert fresh().state == CardRefundState.WAITING
    let_pass(DAY)
    assert fresh().state == CardRefundState.PARKED
    assert timedelta(seconds=settings.CARD_REFUND_PENDING_SECONDS) == 14 * DAY


def asked_in_vain(refund: CardRefund) -> CardRefund:
    """Let the bank have it, and the gateway be asked in vain until staff get it."""
    CardRefund.objects.update(checks=len(settings.CARD_CHECK_SECONDS) + 1)
    answered(refund, Answer(Outcome.UNKNOWN, code="APIError"))
    assert fresh().state == CardRefundState.PARKED
    return fresh()


@pytest.mark.parametrize("button", ["send-again", "to-balance"])
def test_what_the_bank_may_still_have_goes_out_on_no_other_way(
    refund: CardRefund, as_: As, sam: User, gateway: Gateway, button: str
) -> None:
    asked_in_vain(refund)
    address = reverse(f"admin:billing_cardrefund_{button}", args=[refund.pk])
    values, client = {"because": "Too long", "reason": "Too long"}, as_(sam)
    refused: Any = client.post(address, values)
    assert (refused.status_code, "may arrive yet" in refused.text) == (422, True)
    assert fresh() == refund
    gateway.refund_becomes(refund.gateway_id, "failed")
    ask_about_refund(refund.pk, actor=sam, now=timezone.now())
    sweep_refunds()
    assert client.post(address, values).status_code == 302


def test_what_the_bank_has_may_be_found_paid_back(refund: CardRefund, sam: User) -> None:
    asked_in_vain(refund)
    declare_paid_back(refund.pk, "", "By transfer", actor=sam, now=timezone.now())
    assert fresh().state == CardRefundState.OTHERWISE


@pytest.mark.parametrize(("said", "state"), [("succeeded", "succeeded"), ("failed", "parked")])
def test_word_of_the_gateway_ends_it(
    refund: CardRefund, gateway: Gateway, client: Client, said: str, state: str
) -> None:
    gateway.refund_becomes(refund.gateway_id, said)
    assert [hook(gateway, client), hook(gateway, client)] == [200, 200]
    assert fresh().state == state
    assert len(verbs()) == 2


def test_word_is_only_a_reason_to_ask(refund: CardRefund, gateway: Gateway, client: Client) -> None:
    gateway.refund_becomes(refund.gateway_id, "succeeded")
    gateway.fault("error_before", "/v1/refunds*", method="GET")
    assert hook(gateway, client) == 200
    assert fresh().state == CardRefundState.WAITING


def test_what_a_bank_sends_back_later_is_owed_again(
    refund: CardRefund, gateway: Gateway, client: Client
) -> None:
    for said in ("succeeded", "failed"):
        gateway.refund_becomes(refund.gateway_id, said)
        hook(gateway, client)
    row = fresh()
    assert (row.state, row.settled_at) == (CardRefundState.PARKED, None)
    assert row.reason == "expired_or_canceled_card"
    assert verbs()[1:] == ["payment.refunded", "payment.refund_failed"]


def test_word_of_what_is_not_ours_is_nothing(
    refund: CardRefund, gateway: Gateway, client: Client
) -> None:
    CardRefund.objects.update(gateway_id="re_other")
    gateway.refund_becomes(refund.gateway_id, "failed")
    assert hook(gateway, client) == 200
    assert fresh().state == CardRefundState.WAITING


def test_until_it_has_arrived_its_amount_cannot_go_back_once_more(
    refund: CardRefund, acme: Reseller
) -> None:
    payment = CardPayment.objects.get()
    with pytest.raises(Refusal, match="more than was paid"), transaction.atomic():
        open_refund(payment, Decimal("40.01"), key="2", actor=None, now=timezone.now())


def test_an_answer_that_never_comes_does_not_forget_its_id(refund: CardRefund) -> None:
    answered(refund, Answer(Outcome.UNKNOWN, code="APIError"))
    assert fresh().gateway_id == refund.gateway_id
