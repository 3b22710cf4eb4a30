"""What workers are told about keeping watch."""

from celery import shared_task
from django.utils import timezone

from desk import nightly


@shared_task(name="desk.verify")
def verify() -> None:
    """Check every invariant, and act on what is broken; tell staff what waits for them."""
    now = timezone.now()
    nightly.verify(now)
    nightly.tell_of_parked(now)
