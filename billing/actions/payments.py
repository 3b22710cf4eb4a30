"""What vendor staff do with a card payment whose outcome is in doubt.

Not offered by `billing.actions` itself: `billing.payments.hints` needs that one first.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from billing.contradictions import refuse_unless_contradicted
from billing.models import CardPayment, PaymentState
from billing.payments.hints import look_soon
from billing.payments.opening import note
from billing.payments.settling import end, lock_payment
from reseller_portal.refusals import Refusal
from resellers.models import User

IN_DOUBT = (PaymentState.UNKNOWN, PaymentState.PARKED)


@transaction.atomic(durable=True)
def ask_gateway_again(payment_id: int, *, actor: User, now: datetime) -> CardPayment:
    """Have a worker ask the gateway now. Raises Refusal for a payment that is not in doubt."""
    payment, _account = lock_payment(payment_id)
    _refuse_unless_in_doubt(payment)
    look_soon(payment, now)
    note(payment, "payment.asked_again", actor)
    return payment


@transaction.atomic(durable=True)
def declare_paid(
    payment_id: int, gateway_id: str, because: str, *, actor: User, now: datetime
) -> CardPayment:
    """Settle a payment as paid, with all that follows, as staff found it at the gateway.

    `because` is for staff. Raises Refusal for a payment that is not in doubt, and, at the field
    `gateway_id`, for another id than the known one and for that of another payment.
    """
    payment, account = lock_payment(payment_id)
    _refuse_unless_in_doubt(payment)
    _keep_gateway_id(payment, gateway_id)
    note(payment, "payment.declared_paid", actor, because=because)
    end(payment, account, PaymentState.SUCCEEDED, now)
    return payment


@transaction.atomic(durable=True)
def declare_unpaid(payment_id: int, reason: str, *, actor: User, now: datetime) -> CardPayment:
    """Settle a payment as declined, with all that follows, for a reason that the reseller reads.

    Raises Refusal for a payment that is not in doubt.
    """
    payment, account = lock_payment(payment_id)
    _refuse_unless_in_doubt(payment)
    note(payment, "payment.declared_unpaid", actor, because=reason)
    end(payment, account, PaymentState.DECLINED, now, reason)
    return payment


@transaction.atomic(durable=True)
def deal_with_payment(payment_id: int, because: str, *, actor: User, now: datetime) -> CardPayment:
    """Keep that staff have seen to a payment that was paid after all; `because` is for staff.

    Raises Refusal for one that waits for nobody.
    """
    payment, _account = lock_payment(payment_id)
    refuse_unless_contradicted(payment)
    payment.dealt_with_at = now
    payment.save(update_fields=["dealt_with_at"])
    note(payment, "payment.dealt_with", actor, because=because)
    return payment


def why_not_decide(payment: CardPayment) -> str | None:
    """Say why staff have nothing to decide about a payment."""
    if payment.is_settled:
        said = _("This payment is settled already: %(state)s.")
    elif payment.state not in IN_DOUBT:
        said = _("This payment is not in doubt yet: %(state)s. Wait until it is.")
    else:
        return None
    return said % {"state": payment.get_state_display()}


def _refuse_unless_in_doubt(payment: CardPayment) -> None:
    reason = why_not_decide(payment)
    if reason:
        raise Refusal(reason)


def _keep_gateway_id(payment: CardPayment, gateway_id: str) -> None:
    if payment.gateway_id and payment.gateway_id != gateway_id:
        said = _("The gateway calls this payment %(id)s. Check that you looked at the right one.")
        raise Refusal(said % {"id": payment.gateway_id}, field="gateway_id")
    payment.gateway_id = gateway_id
    try:
        with transaction.atomic():
            payment.save(update_fields=["gateway_id"])
    except IntegrityError:
        said = _("This id belongs to another payment. Check that you looked at the right one.")
        raise Refusal(said, field="gateway_id") from None
