"""What the gateway answers late, to a request for a refund that staff have replaced meanwhile."""

from typing import Any

import pytest
from django.utils import timezone

from billing.actions.card_refunds import deal_with_refund, pay_to_balance, send_refund_again
from billing.gateway import Answer, Outcome
from billing.models import CardRefund
from billing.payments.refunding import claim_next, hear_of_refund, pay_back, sweep_refunds
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User
from tests.billing.cards import answered, make_parked_refund
from tests.gateway import Gateway

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def first_try(gateway: Gateway, acme: Reseller, sam: User) -> CardRefund:
    """A refund as it was asked for at first; Sam has it sent again, which nobody has done yet."""
    refund = make_parked_refund(gateway, acme)
    send_refund_again(refund.pk, "It failed", actor=sam, now=timezone.now())
    return refund


def fresh() -> CardRefund:
    return CardRefund.objects.get()


def refused(refund: CardRefund) -> Answer:
    return Answer(Outcome.DECLINED, refund.gateway_id, "expired_or_canceled_card")


def test_that_the_first_one_failed_does_not_end_the_second(
    gateway: Gateway, first_try: CardRefund
) -> None:
    answered(first_try, refused(first_try))
    assert (fresh().state, fresh().gateway_id, fresh().reason) == (
        "waiting",
        "",
        first_try.reason,
    )
    sweep_refunds()
    assert (fresh().state, fresh().tries) == ("succeeded", 2)
    assert fresh().gateway_id == gateway.refunds()[1]["id"]


def test_twin_without_telling_requests_apart_it_would(first_try: CardRefund) -> None:
    answered(fresh(), refused(first_try))
    assert (fresh().state, fresh().gateway_id) == ("parked", first_try.gateway_id)


@pytest.mark.parametrize("outcome", [Outcome.SUCCEEDED, Outcome.PENDING])
def test_if_the_first_one_may_have_paid_back_it_is_asked_about_before_another_does(
    gateway: Gateway, first_try: CardRefund, outcome: Outcome
) -> None:
    gateway.refund_becomes(first_try.gateway_id, "succeeded")
    answered(first_try, Answer(outcome, first_try.gateway_id))
    sweep_refunds()
    assert (fresh().state, fresh().gateway_id) == ("succeeded", first_try.gateway_id)
    assert len(gateway.refunds()) == 1


def test_the_word_of_the_first_one_ends_it_then(gateway: Gateway, first_try: CardRefund) -> None:
    answered(first_try, Answer(Outcome.PENDING, first_try.gateway_id))
    assert claim_next(timezone.now())
    gateway.refund_becomes(first_try.gateway_id, "succeeded")
    hear_of_refund(first_try.gateway_id, timezone.now())
    assert (fresh().state, fresh().contradicted_at) == ("succeeded", None)


@pytest.mark.parametrize("again", [pay_to_balance, send_refund_again])
def test_what_the_first_one_paid_back_goes_out_on_no_other_way(
    first_try: CardRefund, sam: User, again: Any
) -> None:
    second = claim_next(timezone.now())
    assert second
    answered(first_try, Answer(Outcome.SUCCEEDED, first_try.gateway_id))
    answered(second, Answer(Outcome.DECLINED, "re_2"))
    with pytest.raises(Refusal, match="did go back"):
        again(second.pk, "It failed", actor=sam, now=timezone.now())
    deal_with_refund(second.pk, "It did not", actor=sam, now=timezone.now())
    again(second.pk, "It failed", actor=sam, now=timezone.now())


def test_once_the_second_is_out_the_first_changes_nothing_of_it(
    gateway: Gateway, first_try: CardRefund
) -> None:
    second = claim_next(timezone.now())
    assert second
    answered(first_try, Answer(Outcome.SUCCEEDED, first_try.gateway_id))
    assert (fresh().state, fresh().gateway_id) == ("waiting", "")
    pay_back(second)
    answered(first_try, refused(first_try))
    assert fresh().state == "succeeded"
    assert fresh().gateway_id == gateway.refunds()[1]["id"]


def test_an_answer_about_another_refund_does_not_take_its_place(
    gateway: Gateway, first_try: CardRefund
) -> None:
    CardRefund.objects.update(gateway_id="re_1", sent_at=timezone.now())
    for outcome in (Outcome.DECLINED, Outcome.PENDING, Outcome.SUCCEEDED):
        answered(fresh(), Answer(outcome, "re_2"))
    assert (fresh().state, fresh().gateway_id) == ("waiting", "re_1")
