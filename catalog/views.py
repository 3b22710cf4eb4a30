"""The price list."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase

from catalog.filters import PriceFilter
from catalog.price_list import price_list
from exports.csv import Column, csv_response
from reseller_portal.pages import Page

COLUMNS = [
    Column("Product", "product__name"),
    Column("Short Name", "product__slug"),
    Column("Family", "product__family"),
    Column("Term", "term_months", text=False),
    Column("From Quantity", "minimum_quantity", text=False),
    Column("Price", "amount", text=False),
    Column("Currency", "currency", text=False),
    Column("Valid From", "valid_from", text=False),
]


class Prices(Page):
    """Today's prices in the company's own currency, with their quantity tiers."""

    template = "catalog/prices.html"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the list, or hand it out as CSV. Raises Refusal for a file of wrong filters."""
        filters = PriceFilter(request.GET, user=self.user, now=self.now)
        if request.GET.get("format") == "csv":
            return self.file(filters)
        prices: Any = filters.found_sorted()
        context = {
            "filters": filters,
            "form": filters.form,
            "chips": filters.chips(),
            "clear_url": "?",
            "query": filters.query(),
            "problems": filters.problems(),
            "list": price_list(prices.select_related("product")),
        }
        return self.render(context)

    def file(self, filters: PriceFilter) -> HttpResponseBase:
        """Return the prices that match, a row for each tier."""
        return csv_response(
            filters.found_or_refused(),
            COLUMNS,
            filename=f"prices-{self.today}.csv",
            reseller=self.reseller,
            user=self.user,
        )
