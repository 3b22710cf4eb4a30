"""Business words over many orders."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db.models import Value
from django.db.models.functions import Lower

from activation.models import Customer
from licenses.codes import as_stored
from licenses.models import License
from licenses.querysets import LicenseQuerySet
from resellers.querysets import ResellerQuerySet

if TYPE_CHECKING:
    from orders.models import Order, Refund, RefundPart  # noqa: F401 (seen by mypy only)
    from resellers.models import Reseller


class OrderQuerySet(ResellerQuerySet["Order"]):
    """Orders. Days are whole days of the reseller, both inclusive; None is no bound."""

    def placed_between(
        self, reseller: "Reseller", first: date | None = None, last: date | None = None
    ) -> Self:
        """Keep the orders placed in these days."""
        rows = self
        if first is not None:
            rows = rows.filter(placed_at__gte=reseller.day_begins(first))
        if last is not None:
            rows = rows.filter(placed_at__lt=reseller.day_ends(last))
        return rows

    def with_available(self) -> Self:
        """Keep the orders that still have licenses for resale."""
        return self.filter(available__gt=0)

    def with_reference(self, typed: str) -> Self:
        """Keep those with a reference of the reseller's own, whatever its case."""
        return self._referred().filter(referred=Lower(Value(typed)))

    def referred_to(self, typed: str) -> Self:
        """Keep those whose own reference is this, or begins so, without regard to case."""
        return self._referred().filter(referred__startswith=typed.lower())

    def _referred(self) -> Self:
        return self.exclude(reference="").alias(referred=Lower("reference"))

    def with_parts(self) -> Self:
        """Load what a tile names: reseller, user, product and distribution company."""
        parts = self.select_related("reseller", "user", "product", "distribution_company")
        return parts.defer("product__terms_text", "user__password")

    def holding(self, licenses: LicenseQuerySet) -> Self:
        """Keep the orders of these licenses."""
        return self.filter(pk__in=licenses.order_by().values("order_id"))

    def holding_activated(
        self, reseller: "Reseller", first: date | None = None, last: date | None = None
    ) -> Self:
        """Keep the orders that hold a license activated in these days, cancelled later or not."""
        licenses = License.objects.for_reseller(reseller)
        return self.holding(licenses.activated_between(reseller, first, last))

    def holding_ending(
        self, reseller: "Reseller", first: date | None = None, last: date | None = None
    ) -> Self:
        """Keep the orders that hold an activated license whose To lies in these days."""
        licenses = License.objects.for_reseller(reseller).activated()
        return self.holding(licenses.ending_between(first, last))

    def holding_code_or_email(self, reseller: "Reseller", typed: str, *, see_codes: bool) -> Self:
        """Keep the orders that hold a license with this code or of a customer with this e-mail.

        The beginning is enough, without regard to case. Codes are only looked at for a person who
        may see them.
        """
        licenses = License.objects.for_reseller(reseller).order_by()
        customers = Customer.objects.for_reseller(reseller).alias(address=Lower("email"))
        known = customers.filter(address__startswith=typed.lower()).order_by()
        found = licenses.filter(customer__in=known)
        code = as_stored(typed) if see_codes and "@" not in typed else ""
        if not code:
            return self.holding(found)
        coded = licenses.with_code(code).values("order_id")
        return self.filter(pk__in=found.values("order_id").union(coded))


class RefundQuerySet(ResellerQuerySet["Refund"]):
    """Refunds."""

    def waiting(self) -> Self:
        """Keep those that staff have to decide about."""
        return self.filter(state="asked")

    def paid_back(self) -> Self:
        """Keep those that were approved."""
        return self.filter(state="approved")


class RefundPartQuerySet(ResellerQuerySet["RefundPart"]):
    """Parts of refunds."""

    def of_orders(self) -> Self:
        """Keep what was paid back of orders themselves, not of renewals."""
        return self.filter(renewal=None)

    def of_renewals(self) -> Self:
        """Keep what was paid back of renewals."""
        return self.filter(renewal__isnull=False)
