"""How many licenses the list of renewals shows, for pages that only count: without their prices."""

from datetime import date, timedelta

from django.urls import reverse
from django.utils.http import urlencode

from licenses.querysets import LicenseQuerySet
from licenses.upcoming.due import ending, renewing
from licenses.upcoming.filters import ENDING, WINDOWS
from licenses.upcoming.prices import NO_PRICE
from licenses.upcoming.sources import Standing, standing_column
from reseller_portal.listed import Listed
from resellers.models import Reseller

DAYS = WINDOWS[0]


def ending_soon(reseller: Reseller, today: date) -> Listed:
    """Return the licenses that end without renewal in the days that the list begins with."""
    last = today + timedelta(days=DAYS)
    return _listed(ending(reseller, today, last, NO_PRICE), show=ENDING)


def failing(reseller: Reseller, today: date) -> Listed:
    """Return the licenses whose renewal was tried, and is tried again in these days."""
    last = today + timedelta(days=DAYS)
    found = renewing(reseller, today, last, NO_PRICE).alias(standing=standing_column())
    tried = found.filter(pending_id__isnull=False, standing=Standing.FAILING)
    return _listed(tried, state=Standing.FAILING.value)


def _listed(licenses: LicenseQuerySet, **query: str) -> Listed:
    return Listed(licenses, f"{reverse('renewals:list')}?{urlencode(query)}")
