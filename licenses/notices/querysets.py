"""Business words over many notices."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db.models import OuterRef, Subquery

from catalog.models import Price
from licenses.models.renewal import Renewal, RenewalState
from resellers.querysets import ResellerQuerySet

if TYPE_CHECKING:
    from licenses.models import Notice  # noqa: F401 (ruff does not see the base class's parameter)


class NoticeQuerySet(ResellerQuerySet["Notice"]):
    """Notices."""

    def untold(self) -> Self:
        """Keep those that no mail tells yet."""
        return self.filter(told_on=None)

    def of_mail(self, kind: str, day: date) -> Self:
        """Keep those that the mail of a kind and day tells, in the sequence of their To."""
        return self.filter(kind=kind, told_on=day).order_by("license__ends_on", "pk")

    def kinds(self) -> set[str]:
        """Return which kinds there are."""
        return set(self.order_by().values_list("kind", flat=True).distinct())

    def told_between(self, first: date | None, last: date | None) -> Self:
        """Keep those told on the days `first` to `last`, both included; None is no bound."""
        bounds = {"told_on__gte": first, "told_on__lte": last}
        return self.filter(**{path: day for path, day in bounds.items() if day is not None})

    def with_price(self, today: date) -> Self:
        """Add `price`: what the license's next period costs today; None without a price."""
        price = Price.objects.amount_today(
            today, product="license__product", order="license__order"
        )
        return self.annotate(price=price)

    def with_paid(self) -> Self:
        """Add `paid`: what the renewal of the notice's period cost; None while it is not paid."""
        renewals = Renewal.objects.filter(
            license=OuterRef("license"), number=OuterRef("period"), state=RenewalState.PAID
        )
        return self.annotate(paid=Subquery(renewals.values("amount")))

    def with_parts(self) -> Self:
        """Load with each notice what its line shows."""
        return self.select_related(
            "license__reseller", "license__product", "license__order", "license__customer"
        )
