"""The receipt of an order, to be printed."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from billing.models import VendorDetails
from catalog.terms import term_in_words
from orders.pages import OrderPage
from orders.reasons import why_no_licenses
from orders.receipts import receipt
from reseller_portal.refusals import Refusal


class ShowReceipt(OrderPage):
    """Who sold what to whom, net, with the tax on it, and what was paid back since."""

    template = "orders/receipt.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the page. Raises Refusal for an order that was not paid."""
        reason = why_no_licenses(self.order)
        if reason:
            raise Refusal(reason)
        context = {
            "order": self.order,
            "term": term_in_words(self.order.term_months),
            "receipt": receipt(self.order),
            "vendor": VendorDetails.objects.current(),
        }
        return self.render(context)
