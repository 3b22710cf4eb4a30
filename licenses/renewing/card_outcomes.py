"""What follows for a renewal from the outcome of its card payment."""

from datetime import date, datetime

from django.utils.translation import gettext as _, gettext_lazy

from billing.models import Account, CardPayment, PaymentState
from billing.payments import end_waiting
from billing.payments.refunding import open_refund
from billing.purposes import Purpose, register_purpose
from licenses.models import AttemptOutcome, License, Renewal, RenewalAttempt, RenewalState
from licenses.renewing.settling import settle_declined, settle_paid, settle_unknown
from resellers.models import Reseller
from resellers.querysets import ResellerQuerySet

OUTCOMES = {
    PaymentState.DECLINED: AttemptOutcome.DECLINED,
    PaymentState.REFUSED: AttemptOutcome.REFUSED,
    PaymentState.NOT_SENT: AttemptOutcome.NOT_SENT,
    PaymentState.ABANDONED: AttemptOutcome.NEEDS_AUTHENTICATION,
}


def attempt_of(payment: CardPayment) -> RenewalAttempt:
    """Return the try that a payment is for."""
    attempts = RenewalAttempt.objects.for_reseller(payment.reseller)
    return attempts.select_related("renewal__license").get(pk=payment.data["attempt"])


def paid(payment: CardPayment, _account: Account, now: datetime) -> None:
    """Give the license its period; if it cannot have it any more, the money goes back."""
    attempt = attempt_of(payment)
    if settle_paid(attempt, now=now):
        return
    close(attempt, _("It was not needed any more; the card gets the money back."))
    open_refund(payment, payment.amount, key=f"refund/{payment.key}", actor=None, now=now)


def failed(payment: CardPayment, _account: Account, now: datetime) -> None:
    """Let the next try be tomorrow, or never, as the reason has it."""
    attempt = attempt_of(payment)
    outcome = OUTCOMES[PaymentState(payment.state)]
    settle_declined(attempt, outcome, payment.reason, now=now)
    close(attempt, payment.reason)


def pending(payment: CardPayment, _account: Account, now: datetime) -> None:
    """Note what is known: one that waits for a person counts as declined until it is confirmed."""
    attempt = attempt_of(payment)
    if payment.state == PaymentState.CONFIRMING:
        outcome = AttemptOutcome.NEEDS_AUTHENTICATION
        settle_declined(attempt, outcome, payment.reason, now=now)
    else:
        settle_unknown(attempt, payment.reason)


def close(attempt: RenewalAttempt, reason: str) -> None:
    """End a try whose renewal has come to its end otherwise."""
    under_way = RenewalAttempt.objects.filter(pk=attempt.pk, outcome=AttemptOutcome.UNKNOWN)
    under_way.update(outcome=AttemptOutcome.NOT_SENT, reason=reason)


def may_charge(payment: CardPayment) -> bool:
    """Say whether a license is to be paid, and nothing else may pay; ends what waits for a person.

    A parked account pays nothing. Asks the gateway, so that no transaction may be open.
    """
    licenses = License.objects.for_reseller(payment.reseller)
    is_wanted = licenses.filter(uuid=payment.about, cancelled_at=None).exists()
    if payment.reseller.account.is_parked or not is_wanted:
        return False
    same = CardPayment.objects.for_reseller(payment.reseller).open()
    others = same.filter(purpose=payment.purpose, about=payment.about).exclude(pk=payment.pk)
    ended = [end_waiting(other) for other in others.order_by("pk")]
    return all(other.is_settled and not other.is_paid for other in ended)


def may_wait(payment: CardPayment, now: datetime) -> bool:
    """Say whether nothing else is to pay instead, as long as nobody has confirmed it."""
    reseller = payment.reseller
    due = due_again(reseller, reseller.day_of(now))
    return not due.filter(license__uuid=payment.about).exists()


def due_again(reseller: Reseller, as_of: date) -> ResellerQuerySet[Renewal]:
    """Return the renewals whose next try is due, but for a payment that waits for a person."""
    waiting = Renewal.objects.for_reseller(reseller).filter(state=RenewalState.WAITING)
    return waiting.filter(next_attempt_on__lte=as_of, license__recurrent=True)


def page(_payment: CardPayment) -> str:
    """Return no page: a license has none of its own."""
    return ""


RENEWAL = register_purpose(
    Purpose(
        "renewal",
        gettext_lazy("Renewal"),
        succeeded=paid,
        failed=failed,
        pending=pending,
        page=page,
        may_charge=may_charge,
        may_wait=may_wait,
    )
)
