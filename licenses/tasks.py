"""What workers are told about licenses."""

from celery import shared_task
from django.utils import timezone

from licenses.bulk import working
from licenses.notices import rounds
from licenses.renewing.due import resellers_due
from licenses.renewing.engine import renew_reseller
from reseller_portal.wake import wake
from resellers.models import Reseller


@shared_task(name="licenses.renew")
def renew() -> None:
    """Start a pass for every reseller that has renewals due."""
    for reseller in resellers_due(timezone.now()):
        wake(renew_for, reseller.pk)


@shared_task(name="licenses.renew_for")
def renew_for(reseller_id: int) -> None:
    """Renew what is due for one reseller, unless another worker is at it."""
    now, reseller = timezone.now(), Reseller.objects.get(pk=reseller_id)
    renew_reseller(reseller, reseller.day_of(now), now=now, wait=False)


@shared_task(name="licenses.notify")
def notify() -> None:
    """Tell every reseller whose morning it is what renews, was renewed, failed or ends."""
    rounds.notify(timezone.now())


@shared_task(name="licenses.change_many")
def change_many(change_id: int) -> None:
    """Do one bulk change, or as much of it as one turn allows."""
    if working.work(change_id):
        wake(change_many, change_id)


@shared_task(name="licenses.sweep_bulk_changes")
def sweep_bulk_changes() -> None:
    """Do the bulk changes that are due, whatever became of their message."""
    working.sweep()
