"""What workers are told about money."""

from celery import shared_task
from django.utils import timezone

from billing import low_balance


@shared_task(name="billing.tell_low_balances")
def tell_low_balances() -> None:
    """Queue the mails about balances that fell below their warning."""
    low_balance.tell_low_balances(timezone.now())
