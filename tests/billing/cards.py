"""Cards of a reseller at the test gateway, and payments in every state."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from billing.gateway import Answer
from billing.models import Account, Card, CardPayment, CardRefund
from billing.payments import charge, open_payment
from billing.payments.refunding import open_refund, sweep_refunds
from billing.payments.settling_refunds import settle_refund
from billing.payments.watching import check_one
from billing.steps import lock_account
from resellers.models import Reseller, User
from tests.gateway import Gateway

LAST4 = {"mastercard": "4444", "stolen": "9979", "needs_authentication": "3184"}


def make_card(gateway: Gateway, reseller: Reseller, card: str = "succeeds", **fields: Any) -> Card:
    """Return a card that the gateway keeps for a reseller, which behaves as its name says."""
    account = Account.objects.get(reseller=reseller)
    if not account.gateway_customer:
        account.gateway_customer = gateway.customer(reseller.name)
        account.save(update_fields=["gateway_customer"])
    expires_on = fields.pop("expires_on", date(timezone.now().year + 3, 12, 31))
    is_first = not Card.objects.filter(reseller=reseller, removed_at=None).exists()
    return Card.objects.create(
        reseller=reseller,
        token=gateway.card(account.gateway_customer, card),
        brand=fields.pop("brand", "visa"),
        last4=fields.pop("last4", LAST4.get(card, "4242")),
        expires_on=expires_on,
        is_default=fields.pop("is_default", is_first),
        **fields,
    )


def begin(
    card: Card,
    amount: str = "50.00",
    *,
    purpose: str = "deposit",
    key: str = "",
    actor: User | None = None,
    now: datetime | None = None,
    **more: Any,
) -> CardPayment:
    """Write a payment down, as an action does."""
    with transaction.atomic():
        return open_payment(
            lock_account(card.reseller, parked_too=True),
            card,
            Decimal(amount),
            purpose=purpose,
            key=key or f"{purpose}/{uuid4()}",
            actor=actor,
            now=now or timezone.now(),
            **more,
        )


def pay(card: Card, amount: str = "50.00", **more: Any) -> CardPayment:
    """Write a payment down and charge the card."""
    return charge(begin(card, amount, **more))


def pass_time(payment: CardPayment, seconds: float) -> None:
    """Let so much time be over for a payment, as if it had been begun earlier."""
    row = CardPayment.objects.get(pk=payment.pk)
    span = timedelta(seconds=seconds)
    for name in ("created_at", "sent_at", "next_check_at"):
        moment = getattr(row, name)
        setattr(row, name, moment and moment - span)
    row.save()


def checked(payment: CardPayment) -> CardPayment:
    """Let a worker look at a payment now, whatever its schedule says."""
    due = CardPayment.objects.filter(pk=payment.pk, next_check_at__isnull=False)
    due.update(next_check_at=timezone.now())
    check_one(payment.pk)
    return CardPayment.objects.get(pk=payment.pk)


def answered(refund: CardRefund, answer: Answer) -> CardRefund:
    """Record what the gateway answered to who asked it for a refund as it was then."""
    return settle_refund(refund.pk, answer, timezone.now(), asked_as=refund.request_key)


def make_parked_refund(gateway: Gateway, reseller: Reseller) -> CardRefund:
    """Return 10.00 of a deposit of 50.00 that were to go back, to which the card's bank said no."""
    payment = pay(make_card(gateway, reseller))
    with transaction.atomic():
        owed = open_refund(payment, Decimal(10), key="refund/1", actor=None, now=timezone.now())
    sweep_refunds()
    gateway.refund_becomes(gateway.refunds()[0]["id"], "failed")
    CardRefund.objects.update(state="waiting", settled_at=None, next_check_at=timezone.now())
    sweep_refunds()
    owed.refresh_from_db()
    assert owed.state == "parked"
    return owed


def make_card_rows(reseller: Reseller) -> CardPayment:
    """Write down a card, what was paid by it and a part that went back; no gateway knows them."""
    card = Card.objects.create(
        reseller=reseller,
        token=f"pm_{uuid4()}",
        brand="visa",
        last4="4242",
        expires_on=date(2099, 12, 31),
    )
    payment = CardPayment.objects.create(
        reseller=reseller,
        card=card,
        key=f"deposit/{uuid4()}",
        purpose="deposit",
        amount=Decimal(50),
        currency=reseller.currency,
        state="parked",
    )
    CardRefund.objects.create(
        reseller=reseller, payment=payment, key=str(uuid4()), amount=1, state="parked"
    )
    return payment
