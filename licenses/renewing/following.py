"""What a change of billing state means for the renewal that is to come; the license is locked."""

from collections.abc import Sequence
from datetime import date

from licenses.models import License, Renewal, RenewalState
from licenses.renewing.schedule import DAILY, first_attempt_on


def let_wait(license: License, today: date) -> None:
    """Let the engine try from `today` on, if it is time: auto-renew was turned on.

    Once a day at most: what was tried today is tried tomorrow, if that is still in grace.
    """
    if license.ends_on is None or today < first_attempt_on(license.ends_on):
        return
    renewal = license.renewals.exclude(state=RenewalState.PAID).first()
    if renewal is None:
        _begin(license, today)
    elif renewal.state == RenewalState.ENDED:
        tried = renewal.attempts.filter(on__gte=today).exists()
        day, last = today + DAILY if tried else today, license.grace_ends_on()
        if last is not None and day <= last:
            renewal.state, renewal.next_attempt_on = RenewalState.WAITING, day
            renewal.save(update_fields=["state", "next_attempt_on"])


def stop_waiting(licenses: Sequence[License]) -> None:
    """Let the engine try no more: auto-renew was turned off, or the licenses were cancelled.

    A card payment that is under way goes on.
    """
    waiting = Renewal.objects.filter(license__in=licenses, state=RenewalState.WAITING)
    waiting.update(state=RenewalState.ENDED, next_attempt_on=None)


def _begin(license: License, today: date) -> None:
    Renewal.objects.create(
        reseller=license.reseller,
        license=license,
        number=license.periods.count(),
        state=RenewalState.WAITING,
        next_attempt_on=today,
    )
    license.in_renewal = True
    license.save(update_fields=["in_renewal"])
