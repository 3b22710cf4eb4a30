"""Word from outside that something may be known: a webhook, or staff who want to know."""

from datetime import datetime

from django.conf import settings

from billing.models import CardPayment, PaymentState
from billing.tasks import check_payment
from reseller_portal.wake import wake

WAITING = (PaymentState.UNKNOWN, PaymentState.CONFIRMING)


def look_soon(payment: CardPayment, now: datetime, gateway_id: str = "") -> bool:
    """Have a worker look at a payment now, if it waits; False if it does not.

    Word is only a reason to ask: what it says is not believed. One that is just being sent is left
    to whoever sends it.
    """
    row = CardPayment.objects.filter(pk=payment.pk)
    if gateway_id:
        row.open().filter(gateway_id="").update(gateway_id=gateway_id)
    last_chance = len(settings.CARD_CHECK_SECONDS) - 1
    parked = row.filter(state=PaymentState.PARKED)
    found = parked.update(state=PaymentState.UNKNOWN, next_check_at=now, checks=last_chance)
    found = found or row.filter(state__in=WAITING).update(next_check_at=now)
    if found:
        wake(check_payment, payment.pk)
    return bool(found)
