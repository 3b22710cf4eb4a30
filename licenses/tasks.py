"""What workers are told about licenses."""

from celery import shared_task
from django.utils import timezone

from licenses.notices import rounds


@shared_task(name="licenses.notify")
def notify() -> None:
    """Tell every reseller whose morning it is what renews, was renewed, failed or ends."""
    rounds.notify(timezone.now())
