"""Changing many licenses from the key table of their order."""

from django.urls import reverse

from licenses.bulk.confirming import ConfirmBulkChange
from licenses.filters import LicenseKeyFilter
from licenses.models import ListName
from licenses.querysets import LicenseQuerySet
from orders.pages import OrderPage


class ChangeLicenseKeys(OrderPage, ConfirmBulkChange):
    """For the licenses of an order that were ticked, or for all of them that match."""

    chosen_from = ListName.LICENSE_KEYS

    def filters(self) -> LicenseKeyFilter:
        """Return the filters of the table."""
        return LicenseKeyFilter(
            self.request.GET, user=self.user, now=self.now, order_id=self.order.pk
        )

    def ticked(self) -> LicenseQuerySet:
        """Return the licenses of this order that were ticked."""
        return super().ticked().filter(order=self.order)

    @property
    def list_url(self) -> str:
        """Return the address of the table."""
        return reverse("orders:license_keys", args=[self.order.number])
