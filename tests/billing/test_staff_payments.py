"""What vendor staff do with card payments whose outcome is in doubt."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from billing.models import BalanceEntry, Card, CardPayment, PaymentState
from billing.payments import charge
from orders.actions import begin_card_purchase
from orders.models import Order
from resellers.models import AuditEvent, Reseller, User
from tests.billing.cards import make_card, make_card_rows
from tests.gateway import Gateway
from tests.orders.shop import now, open_shop, purchase

As = Callable[[User], Client]
PAID = {"gateway_id": "pi_found", "because": "Seen at the gateway"}
UNPAID = {"reason": "The bank never saw it."}


def url(payment: CardPayment, button: str) -> str:
    return reverse(f"admin:billing_cardpayment_{button}", args=[payment.pk])


@pytest.fixture
def doubted(gateway: Gateway, acme: Reseller, alice: User) -> CardPayment:
    """A purchase that is checked: the gateway failed before it charged anything."""
    guard = open_shop(acme, "0.00")
    gateway.fault("error_before")
    return charge(
        begin_card_purchase(purchase(guard), make_card(gateway, acme), actor=alice, now=now())
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "case",
    [
        ("was-paid", PAID, ("succeeded", "processed", "declared_paid")),
        ("was-not-paid", UNPAID, ("declined", "failed", "declared_unpaid")),
    ],
)
def test_sam_settles_a_purchase_once(
    as_: As, sam: User, doubted: CardPayment, case: tuple[str, Any, tuple[str, str, str]]
) -> None:
    button, values, ends = case
    assert Order.objects.get().state == "checking"
    client = as_(sam)
    assert client.post(url(doubted, button), values).status_code == 302
    again = client.post(url(doubted, button), values)
    assert (again.status_code, "settled already" in again.text) == (422, True)
    doubted.refresh_from_db()
    assert (doubted.state, Order.objects.get().state) == ends[:2]
    assert AuditEvent.objects.get(verb=f"payment.{ends[2]}").actor == sam
    assert AuditEvent.objects.filter(verb="payment.settled").count() == 1


@pytest.mark.django_db(transaction=True)
def test_sam_has_the_gateway_asked_about_a_parked_one(as_: As, sam: User, acme: Reseller) -> None:
    payment = make_card_rows(acme)
    assert as_(sam).post(url(payment, "ask-again")).status_code == 302
    payment.refresh_from_db()
    assert (payment.state, payment.next_check_at is not None) == (PaymentState.UNKNOWN, True)
    assert AuditEvent.objects.get(verb="payment.asked_again").actor == sam


@pytest.mark.django_db(transaction=True)
def test_reasons_and_the_right_id_are_needed(as_: As, sam: User, acme: Reseller) -> None:
    payment, other = make_card_rows(acme), make_card_rows(acme)
    CardPayment.objects.filter(pk=other.pk).update(gateway_id="pi_found")
    client = as_(sam)
    for button, values in (("was-paid", {"gateway_id": "x"}), ("was-not-paid", {})):
        assert client.post(url(payment, button), values).status_code == 422
    assert "another payment" in client.post(url(payment, "was-paid"), PAID).text
    wrong = client.post(url(other, "was-paid"), {**PAID, "gateway_id": "pi_wrong"})
    assert "The gateway calls this payment pi_found" in wrong.text
    assert not BalanceEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_people_of_a_reseller_may_not(as_: As, alice: User, acme: Reseller) -> None:
    payment = make_card_rows(acme)
    for button, values in (("was-paid", PAID), ("was-not-paid", UNPAID), ("ask-again", {})):
        assert as_(alice).post(url(payment, button), values).status_code == 403
    payment.refresh_from_db()
    assert payment.state == PaymentState.PARKED


@pytest.mark.django_db(transaction=True)
def test_sam_finds_payments_and_sees_no_token(
    as_: As, sam: User, acme: Reseller, globex: Reseller
) -> None:
    payment = make_card_rows(acme)
    make_card_rows(globex)
    CardPayment.objects.filter(pk=payment.pk).update(gateway_id="pi_1", about="ABCDE-1")
    client, path = as_(sam), reverse("admin:billing_cardpayment_changelist")
    for term in ("pi_1", "ABCDE-1", payment.key, "Acme"):
        assert list(client.get(path, {"q": term}).context["cl"].result_list) == [payment]
    card = Card.objects.get(reseller=acme)
    for page in (
        reverse("admin:billing_card_change", args=[card.pk]),
        reverse("admin:billing_cardpayment_change", args=[payment.pk]),
    ):
        assert card.token not in client.get(page).text
