"""The licenses whose next charge, or whose end without one, lies ahead."""

from datetime import date, timedelta

from django.db.models import DateField, ExpressionWrapper, F, FilteredRelation, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest

from licenses.models import License, RenewalState
from licenses.querysets import LicenseQuerySet
from licenses.renewing.schedule import FIRST_ATTEMPT
from resellers.models import Reseller

LONGEST_GRACE = timedelta(days=90)
OPEN = (RenewalState.WAITING, RenewalState.CHECKING)


def renewing(reseller: Reseller, today: date, last: date, price: Combinable) -> LicenseQuerySet:
    """Return the licenses that renew automatically and are charged next until the day `last`.

    Each comes with `day`, that of the next charge, with `amount`, NULL where there is no price, and
    with `pending` (`pending_id`, `pending_state`), its renewal that waits or is being paid, if it
    has one. A license whose renewal has ended is tried no more.
    """
    found = _in_use(reseller, today, last + FIRST_ATTEMPT).filter(
        Q(in_renewal=False) | Q(pending_id__isnull=False), recurrent=True
    )
    return found.annotate(day=charge_day(today), amount=price).filter(day__lte=last)


def ending(reseller: Reseller, today: date, last: date, price: Combinable) -> LicenseQuerySet:
    """Return the licenses that end until the day `last` and do not renew, those in grace too.

    `day` is To; `amount` is what renewing would cost.
    """
    found = _in_use(reseller, today, last).filter(recurrent=False)
    return found.annotate(day=F("ends_on"), amount=price)


def _in_use(reseller: Reseller, today: date, last: date) -> LicenseQuerySet:
    """Return the licenses active or in grace whose To is not after `last`."""
    licenses = License.objects.for_reseller(reseller).activated()
    in_use = licenses.filter(
        ends_on__range=(today - LONGEST_GRACE, last),
        ends_on__gte=Value(today) - F("product__grace_days"),
    )
    return with_pending(in_use, reseller)


def with_pending(licenses: LicenseQuerySet, reseller: Reseller) -> LicenseQuerySet:
    """Add `pending` to licenses of a company: the renewal that waits or is being paid by card."""
    own_and_open = Q(renewals__reseller=reseller.pk, renewals__state__in=OPEN)
    return licenses.annotate(
        pending=FilteredRelation("renewals", condition=own_and_open),
        pending_id=F("pending__pk"),
        pending_state=F("pending__state"),
    )


def charge_day(today: date) -> Combinable:
    """Return the day of the next try at a license's next period, as an expression.

    It is 7 days before To, later the day that its renewal waits for, and never in the past.
    """
    first = ExpressionWrapper(F("ends_on") - Value(FIRST_ATTEMPT.days), output_field=DateField())
    return Greatest(Coalesce(F("pending__next_attempt_on"), first), Value(today))
