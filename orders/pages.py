"""The base of every page about one order."""

from typing import Any

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
