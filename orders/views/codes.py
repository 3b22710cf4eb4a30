"""The activation codes of one order: a look at the first, and all of them as CSV."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from exports.csv import csv_response
from licenses.exports import activation_code_columns
from licenses.links import activation_link
from licenses.models import License
from licenses.querysets import LicenseQuerySet
from orders.pages import OrderPage
from orders.reasons import why_no_licenses
from resellers.roles import Right

SHOWN = 50


class ActivationCodes(OrderPage):
    """Codes, links and whether they renew; more than SHOWN are left to the file."""

    template = "orders/activation_codes.html"
    right = Right.SEE_CODES

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        """Show the dialog, or hand out the file."""
        if request.GET.get("format") == "csv":
            return self.file()
        number = self.order.number
        rows = [
            (license, activation_link(license.activation_code))
            for license in self.licenses().with_link_mail_state()[:SHOWN]
        ]
        context = {
            "order": self.order,
            "heading": _("Activation codes of order %(number)s") % {"number": number},
            "back": reverse("orders:show", args=[number]),
            "rows": rows,
            "is_cut": self.order.quantity > SHOWN,
            "why_no_licenses": why_no_licenses(self.order),
        }
        return self.render(context)

    def file(self) -> HttpResponseBase:
        """Return every license of the order, used ones too, as CSV."""
        return csv_response(
            self.licenses(),
            activation_code_columns(see_codes=self.user.may_see_codes),
            filename=f"activation-codes-{self.order.number}.csv",
            reseller=self.reseller,
            user=self.user,
        )

    def licenses(self) -> LicenseQuerySet:
        """Return the licenses of the order, as they were issued."""
        licenses = License.objects.for_reseller(self.reseller).filter(order=self.order)
        return licenses.order_by("id")
