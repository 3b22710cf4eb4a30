"""Depositing by card: the payment is written down here, and charged after the commit."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from billing.deposits import DEPOSIT, payment_key
from billing.models import Card, CardPayment
from billing.payments import open_payment
from billing.steps import lock_account
from reseller_portal.money import to_cents
from resellers.models import Reseller, User


@transaction.atomic(durable=True)
def begin_deposit(
    reseller: Reseller, card: Card, amount: Decimal, *, key: UUID, actor: User, now: datetime
) -> CardPayment:
    """Write down a deposit by card; `charge` it after the commit.

    `key` is the one-time key of the form: pressed twice, it is one payment. Raises Refusal, at its
    field, for a card that cannot be charged and for another company's key.
    """
    account = lock_account(reseller, parked_too=True)
    fresh = Card.objects.for_reseller(reseller).get(pk=card.pk)
    return open_payment(
        account,
        fresh,
        to_cents(amount),
        purpose=DEPOSIT.name,
        key=payment_key(key),
        actor=actor,
        now=now,
    )
