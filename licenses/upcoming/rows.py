"""What a row of the list shows, fetched for the rows of one page at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from licenses.codes import last_group
from licenses.menu import MenuItem
from licenses.models import License, RenewalAttempt
from licenses.pages import came_from
from licenses.reasons import MAY_ONLY_LOOK, why_not_change_billing
from licenses.status import LicenseStatus
from licenses.tries import payment_urls
from licenses.upcoming.filters import UpcomingFilter
from licenses.upcoming.sources import PaidBy, Standing, paid_by, standing
from resellers.models import Reseller

if TYPE_CHECKING:
    from resellers.models import User


@dataclass(frozen=True)
class Row:
    """A license with its next charge, or with its end.

    `paid_by`, `standing` and `missing` (what to deposit for the balance to pay all that is charged
    until that day) are of a license that renews; `attempt` is the last try at its next period, and
    `payment_url` the page of its card payment, for who may see it.
    """

    license: License
    day: date
    amount: Decimal | None
    status: LicenseStatus
    items: list[MenuItem]
    paid_by: PaidBy | None = None
    standing: Standing | None = None
    missing: Decimal | None = None
    attempt: RenewalAttempt | None = None
    payment_url: str = ""

    @property
    def name(self) -> str:
        """Return how the license is called: by the end of its code."""
        return last_group(self.license.activation_code)

    @property
    def is_paid(self) -> bool:
        """Say whether the next charge will be paid, as things stand."""
        return self.paid_by in {PaidBy.BALANCE, PaidBy.CARD}


def rows(filters: UpcomingFilter, keys: Sequence[int]) -> list[Row]:
    """Return the rows of a page, in the order of the keys: three queries at most."""
    found = filters.rows().for_rows().in_bulk(keys)
    licenses: list[Any] = [found[key] for key in keys if key in found]
    tried = last_attempts(filters.reseller, [license.pending_id for license in licenses])
    urls = payment_urls(tried.values(), filters.user)
    return [_row(filters, license, tried.get(license.pending_id), urls) for license in licenses]


def last_attempts(
    reseller: Reseller, renewals: Sequence[int | None]
) -> dict[int | None, RenewalAttempt]:
    """Return the last try at each renewal that was tried."""
    attempts = RenewalAttempt.objects.for_reseller(reseller).filter(renewal__in=renewals)
    newest = attempts.order_by("renewal_id", "-at", "-id").distinct("renewal_id")
    newest = newest.select_related("renewal__license")
    return {attempt.renewal_id: attempt for attempt in newest}


def _row(
    filters: UpcomingFilter, license: Any, attempt: RenewalAttempt | None, urls: dict[int, str]
) -> Row:
    status = license.status_on(filters.today)
    items = menu(license, filters.user, filters.today, filters.query())
    known = (license, license.day, license.amount, status, items)
    if filters.shows_ending:
        return Row(*known)
    source = paid_by(filters.forecast, license)
    short = source == PaidBy.NOT_COVERED
    missing = filters.forecast.missing_by(license.day) if short else None
    url = urls.get(attempt.pk, "") if attempt else ""
    return Row(*known, source, standing(license, attempt), missing, attempt, url)


def menu(license: License, user: "User", today: date, query: str) -> list[MenuItem]:
    """Return the lines of a row's menu; `query` is the list's, to come back to."""
    reason = why_not_change_billing(license, today) if user.may_operate else str(MAY_ONLY_LOOK)
    address = reverse("licenses:billing_state", args=[license.uuid])
    tail = f"?{came_from(query)}"
    return [MenuItem(_("Change Billing State"), "renew", address + tail, reason)]
