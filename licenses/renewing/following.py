"""What a change of billing state means for renewals that are to come; the licenses are locked."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Count

from licenses.models import License, Period, Renewal, RenewalAttempt, RenewalState
from licenses.renewing.schedule import DAILY, first_attempt_on


def let_wait(licenses: Sequence[License], today: date) -> None:
    """Let the engine try from `today` on, or when it is time: auto-renew was turned on.

    Once a day at most: what was tried today is tried tomorrow, if that is still in grace. What
    somebody tried by hand before it was time is tried then, like what nobody tried. The number of
    queries does not depend on how many licenses there are.
    """
    due = [
        one
        for one in licenses
        if one.ends_on and (one.in_renewal or today >= first_attempt_on(one.ends_on))
    ]
    if not due:
        return
    unpaid = Renewal.objects.filter(license__in=due).exclude(state=RenewalState.PAID)
    known = {renewal.license_id: renewal for renewal in unpaid}
    _begin([license for license in due if license.pk not in known], today)
    ended = [one for one in due if one.pk in known and known[one.pk].state == RenewalState.ENDED]
    _go_on(ended, [known[license.pk] for license in ended], today)


def stop_waiting(licenses: Sequence[License]) -> None:
    """Let the engine try no more: auto-renew was turned off, or the licenses were cancelled.

    A card payment that is under way goes on.
    """
    waiting = Renewal.objects.filter(license__in=licenses, state=RenewalState.WAITING)
    waiting.update(state=RenewalState.ENDED, next_attempt_on=None)


def _begin(licenses: Sequence[License], today: date) -> None:
    if not licenses:
        return
    of_each = Period.objects.filter(license__in=licenses).order_by().values_list("license")
    periods = dict(of_each.annotate(count=Count("pk")))
    Renewal.objects.bulk_create(
        Renewal(
            reseller_id=license.reseller_id,
            license=license,
            number=periods[license.pk],
            state=RenewalState.WAITING,
            next_attempt_on=today,
        )
        for license in licenses
    )
    for license in licenses:
        license.in_renewal = True
    License.objects.filter(pk__in=[license.pk for license in licenses]).update(in_renewal=True)


def _go_on(licenses: Sequence[License], ended: Sequence[Renewal], today: date) -> None:
    """Let renewals that had ended wait again; each is that of the license at its place."""
    if not ended:
        return
    attempts = RenewalAttempt.objects.filter(renewal__in=ended, on__gte=today)
    tried = set(attempts.values_list("renewal_id", flat=True))
    again: list[Renewal] = []
    for license, renewal in zip(licenses, ended, strict=True):
        last = license.grace_ends_on()
        if license.ends_on is None or last is None:
            continue
        soonest = today + DAILY if renewal.pk in tried else today
        day = max(soonest, first_attempt_on(license.ends_on))
        if day <= last:
            renewal.state, renewal.next_attempt_on = RenewalState.WAITING, day
            again.append(renewal)
    Renewal.objects.bulk_update(again, ["state", "next_attempt_on"])
