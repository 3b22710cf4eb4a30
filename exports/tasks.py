"""What workers are told about exports."""

from celery import shared_task
from django.utils import timezone

from exports import cleaning, writing


@shared_task(name="exports.write")
def write(export_id: int) -> None:
    """Write one export, unless it is written, not due yet, or in another worker's hands."""
    writing.write(export_id)


@shared_task(name="exports.sweep")
def sweep() -> None:
    """Write what is due, whatever became of its message."""
    writing.sweep()


@shared_task(name="exports.clean_up")
def clean_up() -> None:
    """Remove files that have had their time, and files that belong to no export."""
    cleaning.clean_up(timezone.now())
