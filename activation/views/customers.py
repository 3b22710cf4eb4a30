"""Customers: the list, and each with its licenses."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from activation.customers import CustomerRow, customer_body, customer_rows
from activation.filters import CustomerFilter
from activation.menus import customer_exports, no_customers
from activation.models import Customer
from activation.tiles import Tile, tiles
from licenses.models import License
from reseller_portal.lists import ListPage, Pages
from reseller_portal.pages import Page, wants_fragment

PER_PAGE = 25


class CustomerList(ListPage):
    """Every customer with how many licenses, and when the next of them ends."""

    template = "activation/customers.html"
    filters = CustomerFilter

    def load(self, keys: list[int]) -> list[CustomerRow]:
        """Return the rows of a page."""
        return customer_rows(self.reseller, keys, self.today)

    def more(self, context: dict[str, Any]) -> dict[str, Any]:
        """Return the exports, and what an empty list says."""
        filters: CustomerFilter = context["filters"]
        return {
            "exports": customer_exports(filters, context["pages"]),
            "is_new": not filters.given() and not context["pages"].capped,
            "empty": no_customers(),
            "clear_url": self.request.path,
            "count": context["pages"].counted,
        }


class CustomerPage(Page):
    """A page about the customer that its address names."""

    customer: Customer

    def fetch(self, **kwargs: Any) -> None:
        """Load the customer; 404 for a stranger's."""
        customers = Customer.objects.for_reseller(self.reseller).select_related("reseller")
        self.customer = get_object_or_404(customers, uuid=kwargs["customer"])


class ShowCustomer(CustomerPage):
    """Contact, licenses and history of a customer.

    `?seen=` is how the history asks whether there is anything new: no content, unless there is.
    """

    template = "activation/customer.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the page, or only what is new of it."""
        context = customer_body(self.customer, self.user, self.now)
        if request.GET.get("seen") == context["history"].mark:
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        if "seen" in request.GET and wants_fragment(request):
            return self.render(context, template="activation/customer_refreshed.html")
        return self.render({**context, **self.licenses(), "opened": request.GET.get("open", "")})

    def licenses(self) -> dict[str, Any]:
        """Return a page of the customer's licenses, the newest first."""
        licenses = License.objects.for_reseller(self.reseller).filter(customer=self.customer)
        keys = licenses.order_by("-activated_at", "-pk").values_list("pk", flat=True)
        pages = Pages(keys, PER_PAGE, asked=self.request.GET.get("page", ""))
        current = pages.current()
        shown: list[Tile] = tiles(self.reseller, list(current.object_list), self.today)
        return {"pages": pages, "slice": current, "rows": shown}
