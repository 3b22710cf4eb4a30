"""The license keys of one order: a table, and the same as CSV."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from exports.csv import csv_response
from licenses.bulk.bar import bar
from licenses.exports import license_key_columns
from licenses.filters import LicenseKeyFilter
from licenses.models import License
from licenses.pages import list_state
from licenses.tables import LicenseKeyTable
from orders.pages import OrderPage
from orders.possible import hide_keys, panel_of
from reseller_portal.lists import ListPage
from reseller_portal.pages import is_on_its_own_page, wants_fragment

SEARCH_FROM = 10


class LicenseKeys(OrderPage, ListPage):
    """A row for each license, in the opened tile or as a page of its own.

    People who may not see codes get the last group of each, in the table and in the file.
    """

    template = "licenses/keys.html"
    filters = LicenseKeyFilter

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        """Show the table, or hand out the file."""
        if request.GET.get("format") == "csv":
            return self.file()
        return super().get(request)

    def file(self) -> HttpResponseBase:
        """Return the rows that match, as CSV."""
        return csv_response(
            self.filter_set().found_or_refused(),
            license_key_columns(self.today, see_codes=self.user.may_see_codes),
            filename=f"license-keys-{self.order.number}.csv",
            reseller=self.reseller,
            user=self.user,
        )

    def pushes(self) -> bool:
        """Leave the address alone while the table stands in a tile or in an order's page."""
        return is_on_its_own_page(self.request)

    def filter_set(self) -> LicenseKeyFilter:
        """Return the filters over this order's licenses."""
        return LicenseKeyFilter(
            self.request.GET, user=self.user, now=self.now, order_id=self.order.pk
        )

    def load(self, keys: list[int]) -> list[License]:
        """Return the licenses of a page, with what their rows show."""
        licenses = License.objects.for_reseller(self.reseller).for_rows().in_bulk(keys)
        return [licenses[key] for key in keys if key in licenses]

    def more(self, context: dict[str, Any]) -> dict[str, Any]:
        """Return the table, and whether the order is large enough to search in."""
        filters: LicenseKeyFilter = context["filters"]
        number = self.order.number
        url = reverse("orders:change_many", args=[number])
        table = LicenseKeyTable(
            context["rows"],
            user=self.user,
            today=self.today,
            query=list_state(self.request),
            page=context["slice"],
            order_by=filters.sort,
            order_by_field="sort",
            empty_text=self.nothing(filters),
        )
        table.caption = _("License keys of order %(number)s") % {"number": number}
        table.region = f"key-table-{number}"
        table.takes_focus = self.came_by_a_link_that_goes()
        searchable = self.order.quantity > SEARCH_FROM or not filters.by_default
        shown = {
            "table": table,
            "order": self.order,
            "searchable": searchable,
            "bar": bar(number, url, filters, context["pages"]),
        }
        return {**shown, "action": hide_keys(self.order)} if self.is_in_the_panel() else shown

    def is_in_the_panel(self) -> bool:
        """Say whether the table comes into the order's panel, whose button can then hide it."""
        htmx: Any = getattr(self.request, "htmx", None)
        return wants_fragment(self.request) and htmx.target == panel_of(self.order)

    def came_by_a_link_that_goes(self) -> bool:
        """Say whether the focus was on a link of another page of the table, or on “Clear”.

        Whatever stays has an id, by which htmx gives it the focus back.
        """
        htmx: Any = getattr(self.request, "htmx", None)
        return wants_fragment(self.request) and not htmx.trigger

    def nothing(self, filters: LicenseKeyFilter) -> str:
        """Return what stands in an empty table."""
        if not filters.by_default:
            return _("No license key of this order matches. Clear the search to see all.")
        return _("This order has no licenses: its payment has not gone through.")
