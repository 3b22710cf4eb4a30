"""What the database itself refuses of cards, payments by card and refunds to cards."""

from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from billing.models import Card, CardPayment, CardRefund
from resellers.models import Reseller
from tests.billing.cards import make_card_rows

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()
ENDED = {"settled_at": NOW, "next_check_at": None}


@pytest.fixture
def payment(acme: Reseller) -> CardPayment:
    """Acme's parked payment, with its card and a refund, beside one that was paid."""
    other = make_card_rows(acme)
    CardPayment.objects.filter(pk=other.pk).update(
        state="succeeded", settled_at=NOW, gateway_id="pi_1", key="deposit/1"
    )
    Card.objects.filter(pk=other.card_id).update(is_default=True, token="pm_1")
    CardRefund.objects.update(key="refund/1")
    return make_card_rows(acme)


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("card_once", {"token": "pm_1"}),
        ("card_one_default", {"is_default": True}),
        ("card_removed_is_no_default", {"removed_at": NOW, "is_default": True}),
        ("card_last_four_digits", {"last4": "42"}),
        ("card_named_by_token", {"token": ""}),
        ("card_named_by_token", {"brand": ""}),
    ],
)
def test_cards(payment: CardPayment, name: str, broken: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=name):
        Card.objects.filter(pk=payment.card_id).update(**broken)


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("payment_once_at_gateway", {"gateway_id": "pi_1"}),
        ("billing_cardpayment_key", {"key": "deposit/1"}),
        ("payment_state_known", {"state": "odd", **ENDED}),
        ("payment_amount_positive", {"amount": 0}),
        ("payment_says_what_for", {"key": ""}),
        ("payment_says_what_for", {"purpose": ""}),
        ("payment_open_or_settled", {"state": "declined"}),
        ("payment_open_or_settled", ENDED),
        ("payment_watched_until_settled", {"state": "unknown"}),
        ("payment_watched_until_settled", {"next_check_at": NOW}),
        ("payment_contradicted_if_not_paid", {"contradicted_at": NOW}),
        ("payment_dealt_with_if_contradicted", {"dealt_with_at": NOW}),
        ("payment_paid_at_gateway", {"state": "succeeded", **ENDED}),
        ("payment_paid_at_gateway", {"state": "confirming", "next_check_at": NOW}),
    ],
)
def test_payments(payment: CardPayment, name: str, broken: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=name):
        CardPayment.objects.filter(pk=payment.pk).update(**broken)


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("billing_cardrefund_key", {"key": "refund/1"}),
        ("card_refund_positive", {"amount": 0}),
        ("card_refund_state_known", {"state": "odd"}),
        ("card_refund_watched_until_settled", {"state": "waiting"}),
        ("card_refund_watched_until_settled", {"state": "succeeded"}),
        ("card_refund_watched_until_settled", {"settled_at": NOW}),
        ("card_refund_dealt_with_if_contradicted", {"dealt_with_at": NOW}),
    ],
)
def test_refunds(payment: CardPayment, name: str, broken: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=name):
        CardRefund.objects.filter(payment=payment).update(**broken)


def test_nothing_is_another_companys(payment: CardPayment, globex: Reseller) -> None:
    theirs = make_card_rows(globex)
    with pytest.raises(IntegrityError, match="payment_card_same_reseller"):
        CardPayment.objects.filter(pk=payment.pk).update(card=theirs.card)
    with pytest.raises(IntegrityError, match="card_refund_payment_same_reseller"):
        CardRefund.objects.filter(payment=payment).update(payment=theirs)


def test_whoever_added_a_card_is_of_its_company(payment: CardPayment, charlie: Any) -> None:
    with pytest.raises(IntegrityError, match="card_added_by_same_reseller"):
        Card.objects.filter(pk=payment.card_id).update(added_by=charlie)
