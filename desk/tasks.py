"""What workers are told about keeping watch."""

from celery import shared_task
from django.utils import timezone

from desk import alerts, nightly


@shared_task(name="desk.verify")
def verify() -> None:
    """Check every invariant, and act on what is broken."""
    nightly.verify(timezone.now())


@shared_task(name="desk.tell_staff")
def tell_staff() -> None:
    """Tell staff what waits for them."""
    alerts.tell_of_waiting_work(timezone.now())
