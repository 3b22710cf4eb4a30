"""Word from outside that something may be known: a webhook, or staff who want to know."""

from datetime import datetime

from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least

from billing.actions import finish_adding
from billing.gateway import Hint, gateway
from billing.models import CardPayment, PaymentState
from billing.payments.charging import asked
from billing.payments.refunding import hear_of_refund
from billing.payments.settling import settle
from billing.tasks import check_payment
from reseller_portal.wake import wake

WAITING = (PaymentState.UNKNOWN, PaymentState.CONFIRMING)


def hear(hint: Hint, now: datetime) -> None:
    """Act on word of the gateway, which is only a reason to ask: what it says is not believed.

    Raises Refusal where it has to be told again later.
    """
    if hint.session:
        finish_adding(hint.session, now=now)
        return
    if hint.refund:
        hear_of_refund(hint.refund, now)
        return
    if not hint.key and not hint.gateway_id:
        return
    named = Q(key=hint.key) if hint.key else Q(gateway_id=hint.gateway_id)
    payment = CardPayment.objects.filter(named).first()
    if payment is None or payment.is_paid:
        return
    if hint.gateway_id and not payment.gateway_id:
        payment.gateway_id = hint.gateway_id
        payment.save(update_fields=["gateway_id"])
    if payment.is_settled:
        doubt(payment, now)
    else:
        look_soon(payment, now)


def look_soon(payment: CardPayment, now: datetime) -> bool:
    """Have a worker look at a payment now; False if there is nothing to wait for.

    One that is just being sent is left to whoever sends it. The look is none of those that the
    schedule counts: however often word comes, the payment is not given up sooner.
    """
    row = CardPayment.objects.filter(pk=payment.pk)
    last_chance = len(settings.CARD_CHECK_SECONDS) - 1
    parked = row.filter(state=PaymentState.PARKED)
    found = parked.update(state=PaymentState.UNKNOWN, next_check_at=now, checks=last_chance)
    uncounted = Greatest(F("checks") - 1, Least(F("checks"), 1))
    found = found or row.filter(state__in=WAITING).update(next_check_at=now, checks=uncounted)
    if found:
        wake(check_payment, payment.pk)
    return bool(found)


def doubt(payment: CardPayment, now: datetime) -> None:
    """Ask about a payment that failed: if it was paid after all, staff have to know."""
    if payment.gateway_id:
        settle(payment.pk, asked(lambda: gateway().fetch(payment.gateway_id)), now)
