"""What workers are told about mail."""

from celery import shared_task
from django.utils import timezone

from mailing import cleaning, delivery


@shared_task(name="mailing.deliver")
def deliver(mail_id: int) -> None:
    """Send one mail, unless it is sent, not due yet, or in another worker's hands."""
    delivery.deliver(mail_id)


@shared_task(name="mailing.sweep")
def sweep() -> None:
    """Send what is due, whatever became of its message."""
    delivery.sweep()


@shared_task(name="mailing.clean_up")
def clean_up() -> None:
    """Delete mails that belong to no reseller and have had their time."""
    cleaning.clean_up(timezone.now())
