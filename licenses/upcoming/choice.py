"""Which licenses of the list are meant: those that were ticked, or all that match."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from billing.models import ZERO
from licenses.models import License
from licenses.upcoming.actions import Outcome, sort_out
from licenses.upcoming.due import charge_day, with_pending
from licenses.upcoming.filters import UpcomingFilter
from reseller_portal.refusals import Refusal

MOST = 5000


@dataclass(frozen=True)
class Preview:
    """What a change of many licenses would come to.

    `amount` is the sum of the next charges of those that would change, at today's prices; the days
    are those of the first and the last of these charges.
    """

    outcome: Outcome
    amount: Decimal
    without_price: int
    first: date | None
    last: date | None

    @property
    def count(self) -> int:
        """Return how many licenses would change."""
        return len(self.outcome.changed)

    @property
    def token(self) -> str:
        """Return what a confirmation says that the person saw: how many, and for how much."""
        return f"{self.count}/{self.amount}"


def chosen(filters: UpcomingFilter, ticked: Iterable[str], *, all_of_them: bool) -> list[int]:
    """Return the keys of the licenses that a person means, of their own company only.

    Raises Refusal where none is meant, or more than can be changed at once.
    """
    if all_of_them:
        rows = filters.found_or_refused()
    else:
        licenses = License.objects.for_reseller(filters.reseller)
        rows = licenses.filter(uuid__in=list(filter(None, map(_uuid, ticked))))
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if not keys:
        raise Refusal(_("Choose at least one license of the list."))
    if len(keys) > MOST:
        most = number_format(MOST, force_grouping=True)
        raise Refusal(
            _("More than %(most)s licenses match. Narrow the list, and change it in parts.")
            % {"most": most}
        )
    return keys


def preview(filters: UpcomingFilter, keys: Sequence[int], *, recurrent: bool) -> Preview:
    """Return what changing these licenses would come to: two queries."""
    mine = License.objects.for_reseller(filters.reseller).filter(pk__in=keys)
    rows: Any = with_pending(mine, filters.reseller).annotate(
        day=charge_day(filters.today), price=filters.price
    )
    parts = rows.select_related("product", "reseller", "order").order_by("pk")
    outcome = sort_out(parts, recurrent, filters.reseller, filters.now)
    changed: list[Any] = outcome.changed
    days = [license.day for license in changed]
    return Preview(
        outcome=outcome,
        amount=sum((license.price or ZERO for license in changed), ZERO),
        without_price=sum(license.price is None for license in changed),
        first=min(days, default=None),
        last=max(days, default=None),
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
