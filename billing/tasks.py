"""What workers are told about money."""

from celery import shared_task
from django.utils import timezone

from billing import low_balance
from billing.payments import watching


@shared_task(name="billing.tell_low_balances")
def tell_low_balances() -> None:
    """Queue the mails about balances that fell below their warning."""
    low_balance.tell_low_balances(timezone.now())


@shared_task(name="billing.check_payment")
def check_payment(payment_id: int) -> None:
    """Look at one card payment, unless it is settled, not due yet, or in other hands."""
    watching.check_one(payment_id)


@shared_task(name="billing.sweep")
def sweep() -> None:
    """Look at the card payments and refunds that are due, whatever became of their message."""
    watching.sweep()
