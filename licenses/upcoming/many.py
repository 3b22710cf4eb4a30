"""Changing many licenses from the list of renewals."""

from django.urls import reverse

from licenses.bulk.confirming import ConfirmBulkChange
from licenses.models import ListName
from licenses.upcoming.filters import UpcomingFilter


class ChangeRenewals(ConfirmBulkChange):
    """For the licenses that were ticked in the list of renewals, or for all that match."""

    chosen_from = ListName.RENEWALS

    def filters(self) -> UpcomingFilter:
        """Return the filters of the list."""
        return UpcomingFilter(self.request.GET, user=self.user, now=self.now)

    @property
    def list_url(self) -> str:
        """Return the address of the list."""
        return reverse("renewals:list")
