"""What a tile shows of an activated license on a day."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _, ngettext

from licenses.models import License
from licenses.status import LicenseStatus
from reseller_portal.display import day_text
from resellers.models import Reseller


@dataclass(frozen=True)
class Tile:
    """An activated license with what depends on the day; `days_left` counts To itself as day 0."""

    license: License
    today: date

    @property
    def status(self) -> LicenseStatus:
        """Return the status of the day."""
        return self.license.status_on(self.today)

    @property
    def status_label(self) -> str:
        """Return the status in words."""
        return str(self.status.label)

    @property
    def days_left(self) -> int:
        """Return how many days are left until To; below 0 once it has passed."""
        return ((self.license.ends_on or self.today) - self.today).days

    @property
    def left(self) -> str:
        """Say how many days are left, or what came after them."""
        match self.status:
            case LicenseStatus.ACTIVE:
                return _days_left(self.days_left)
            case LicenseStatus.GRACE:
                return _("can be renewed until %(day)s") % {"day": self._grace}
            case LicenseStatus.CANCELLED if self.license.cancelled_at:
                return _("cancelled %(day)s") % {"day": day_text(self.license.cancelled_at)}
        return _("over")

    @property
    def _grace(self) -> str:
        return day_text(self.license.grace_ends_on() or self.today)


def _days_left(days: int) -> str:
    if days == 0:
        return _("last day")
    return ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}


def tiles(reseller: Reseller, keys: list[int], today: date) -> list[Tile]:
    """Return the tiles of the licenses with these keys, in the order of the keys: one query."""
    licenses = License.objects.for_reseller(reseller).for_rows().in_bulk(keys)
    return [Tile(licenses[key], today) for key in keys if key in licenses]
