"""What the gateway says otherwise than it is known here: staff see it, and say what they did."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.actions.card_refunds import (
    deal_with_refund,
    declare_paid_back,
    pay_to_balance,
    send_refund_again,
)
from billing.gateway import Answer, Outcome
from billing.models import CardPayment, CardRefund
from billing.payments.refunding import hear_of_refund, sweep_refunds
from billing.payments.settling import settle
from resellers.models import AuditEvent, Reseller, User
from resellers.staff.work import attention
from tests.billing.cards import begin, make_card, make_parked_refund
from tests.gateway import Gateway
from tests.races import both_at_once, without_locks

pytestmark = pytest.mark.django_db(transaction=True)
As = Callable[[User], Client]
BACK = "Refunds to cards went back after all"
PAID = "Card payments that failed were paid after all"
BECAUSE = {"because": "Paid back at the gateway"}


@pytest.fixture
def refund(gateway: Gateway, acme: Reseller) -> CardRefund:
    """A refund that did not arrive and is with staff."""
    return make_parked_refund(gateway, acme)


def fresh() -> CardRefund:
    return CardRefund.objects.get()


def hear(gateway: Gateway, gateway_id: str, said: str = "succeeded") -> None:
    """Let the bank say something of a refund, and the gateway tell it, twice."""
    gateway.refund_becomes(gateway_id, said)
    for _word in range(2):
        hear_of_refund(gateway_id, timezone.now())


def piles(client: Client) -> dict[str, list[Any]]:
    """Return the rows of each pile that waits for a person, as its list shows them."""
    return {
        str(one.pile.attention): list(client.get(one.url).context["cl"].result_list)
        for one in attention(timezone.now())
    }


def on_record(verb: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(verb=f"payment.{verb}"))


def press(client: Client, row: CardPayment | CardRefund, **values: str) -> Any:
    name = f"admin:billing_{row._meta.model_name}_dealt-with"
    return client.post(reverse(name, args=[row.pk]), values)


def test_what_was_paid_to_the_balance_and_goes_back_all_the_same_is_with_staff(
    gateway: Gateway, refund: CardRefund, as_: As, sam: User
) -> None:
    pay_to_balance(refund.pk, "Closed", actor=sam, now=timezone.now())
    hear(gateway, refund.gateway_id)
    assert (fresh().state, fresh().contradicted_at is None) == ("otherwise", False)
    assert len(on_record("refund_contradicted")) == 1
    assert piles(as_(sam))[BACK] == [refund]


def test_sam_says_what_was_done_about_it(
    gateway: Gateway, refund: CardRefund, as_: As, sam: User
) -> None:
    declare_paid_back(refund.pk, "", "By bank transfer", actor=sam, now=timezone.now())
    hear(gateway, refund.gateway_id)
    client = as_(sam)
    assert press(client, refund).status_code == 422
    assert press(client, refund, **BECAUSE).status_code == 302
    again = press(client, refund, **BECAUSE)
    assert (again.status_code, "dealt with already" in again.text) == (422, True)
    assert BACK not in piles(client)
    [event] = on_record("refund_dealt_with")
    assert (event.actor, event.changes["because"]) == (sam, BECAUSE["because"])
    hear(gateway, refund.gateway_id)
    assert BACK not in piles(client)


def test_one_whose_id_was_never_known_is_found_by_its_key(
    gateway: Gateway, refund: CardRefund, sam: User
) -> None:
    CardRefund.objects.update(gateway_id="")
    pay_to_balance(refund.pk, "Closed", actor=sam, now=timezone.now())
    hear(gateway, refund.gateway_id)
    assert fresh().contradicted_at is not None


def test_an_earlier_request_is_found_by_its_own_key(
    gateway: Gateway, refund: CardRefund, sam: User
) -> None:
    send_refund_again(refund.pk, "It failed", actor=sam, now=timezone.now())
    sweep_refunds()
    hear(gateway, fresh().gateway_id)
    assert fresh().contradicted_at is None
    hear(gateway, refund.gateway_id)
    assert (fresh().state, fresh().contradicted_at is None) == ("succeeded", False)


def test_that_an_earlier_request_failed_contradicts_nothing(
    gateway: Gateway, refund: CardRefund, sam: User
) -> None:
    send_refund_again(refund.pk, "It failed", actor=sam, now=timezone.now())
    sweep_refunds()
    hear(gateway, refund.gateway_id, "failed")
    assert (fresh().state, fresh().contradicted_at) == ("succeeded", None)


def test_a_refund_that_was_asked_for_elsewhere_is_nobodys(
    gateway: Gateway, refund: CardRefund
) -> None:
    wanted: Any = {"payment_intent": refund.payment.gateway_id, "amount": 100}
    made = gateway.client().v1.refunds.create(wanted)
    hear_of_refund(made.id, timezone.now())
    assert (fresh().state, fresh().contradicted_at) == ("parked", None)


def test_a_payment_that_was_paid_after_all_is_with_staff_until_they_say_why(
    gateway: Gateway, acme: Reseller, as_: As, sam: User
) -> None:
    payment = begin(make_card(gateway, acme))
    for outcome in (Outcome.DECLINED, Outcome.SUCCEEDED):
        settle(payment.pk, Answer(outcome, "pi_1"), timezone.now())
    client = as_(sam)
    assert piles(client)[PAID] == [payment]
    assert press(client, payment, **BECAUSE).status_code == 302
    assert PAID not in piles(client)
    [event] = on_record("dealt_with")
    assert (event.actor, event.changes["because"]) == (sam, BECAUSE["because"])
    assert press(client, payment, **BECAUSE).status_code == 422


def test_without_a_contradiction_there_is_nothing_to_deal_with(
    refund: CardRefund, as_: As, sam: User
) -> None:
    for row in (refund, refund.payment):
        answer = press(as_(sam), row, **BECAUSE)
        assert (answer.status_code, "nothing else" in answer.text) == (422, True)


def test_the_people_of_a_reseller_may_not(as_: As, alice: User, refund: CardRefund) -> None:
    CardRefund.objects.update(contradicted_at=timezone.now())
    for row in (refund, refund.payment):
        assert press(as_(alice), row, **BECAUSE).status_code == 403


def deal_twice(refund: CardRefund, sam: User) -> list[str]:
    """Let Sam deal with it in two windows at once."""
    CardRefund.objects.update(contradicted_at=timezone.now())
    deed = partial(deal_with_refund, refund.pk, "Seen", actor=sam, now=timezone.now())
    outcomes = both_at_once(deed, deed, about_to_change=CardRefund)
    return sorted(type(each).__name__ for each in outcomes)


def test_two_who_deal_with_it_at_once_are_on_record_once(refund: CardRefund, sam: User) -> None:
    assert deal_twice(refund, sam) == ["CardRefund", "Refusal"]


def test_twin_without_the_locks_they_would_be_on_record_twice(
    refund: CardRefund, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert deal_twice(refund, sam) == ["CardRefund", "CardRefund"]
