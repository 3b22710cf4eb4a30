"""Changing many licenses from the list of activations."""

from django.urls import reverse

from activation.filters import ActivationFilter
from licenses.bulk.confirming import ConfirmBulkChange
from licenses.models import ListName


class ChangeActivations(ConfirmBulkChange):
    """For the activated licenses that were ticked, or for all that match."""

    chosen_from = ListName.ACTIVATIONS

    def filters(self) -> ActivationFilter:
        """Return the filters of the list."""
        return ActivationFilter(self.request.GET, user=self.user, now=self.now)

    @property
    def list_url(self) -> str:
        """Return the address of the list."""
        return reverse("activation:list")
