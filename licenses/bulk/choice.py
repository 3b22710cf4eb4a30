"""Which licenses of a list are meant: those that were ticked, or all that match."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from licenses.models import License
from licenses.querysets import LicenseQuerySet
from reseller_portal.filtering import ListFilter
from reseller_portal.refusals import Refusal
from resellers.models import Reseller

MOST = 10_000


def ticked(reseller: Reseller, uuids: Iterable[str]) -> LicenseQuerySet:
    """Return the licenses of a company that were ticked, whatever else was sent."""
    licenses = License.objects.for_reseller(reseller)
    return licenses.filter(uuid__in=list(filter(None, map(_uuid, uuids))))


def all_that_match(filters: ListFilter) -> LicenseQuerySet:
    """Return the licenses that a list shows on all its pages.

    Raises Refusal while one of its filters is not valid.
    """
    found: Any = filters.found_or_refused()
    licenses: LicenseQuerySet = found
    return licenses


def keys_of(licenses: LicenseQuerySet) -> list[int]:
    """Return the keys of the licenses. Raises Refusal for none, and for too many at once."""
    keys = list(licenses.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if not keys:
        raise Refusal(_("Choose at least one license of the list."))
    if len(keys) > MOST:
        most = number_format(MOST, force_grouping=True)
        raise Refusal(
            _("More than %(most)s licenses match. Narrow the list, and change it in parts.")
            % {"most": most}
        )
    return keys


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
