"""The base of every page about one order."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from orders.models import Order
from reseller_portal.pages import Page


class OrderPage(Page):
    """A page about the order that its address names by number."""

    order: Order

    def fetch(self, **kwargs: Any) -> None:
        """Load the order with what is shown of it; 404 for a stranger's."""
        orders = Order.objects.for_reseller(self.reseller).with_parts()
        self.order = get_object_or_404(orders, number=kwargs["number"])


def form_key(request: HttpRequest) -> UUID | None:
    """Return the one-time key of the form; None for a request without a right one."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return None
