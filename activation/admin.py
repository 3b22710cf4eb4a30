"""Customers and what they activated, for vendor staff."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _g, gettext_lazy as _

import activation.customer_buttons  # noqa: F401 (offers its buttons)
from activation.finding import customers_with_email, licenses_of_customers
from activation.models import Activation, Customer
from resellers.staff.columns import moment, related
from resellers.staff.filters import ResellerFilter
from resellers.staff.finding import resellers_named
from resellers.staff.pages import StaffAdmin

SINCE = moment("created_at", _("since"))
ERASED = moment("erased_at", _("personal data erased"))
AT = moment("at", _("at"))


@admin.register(Customer)
class CustomerAdmin(StaffAdmin):
    """Organizations that activated with a reseller."""

    list_display = (
        "company",
        "name",
        "email",
        "country",
        related("reseller", _("reseller")),
        SINCE,
    )
    list_filter = (ResellerFilter,)
    list_select_related = ("reseller",)
    search_fields = ("email",)
    search_help_text = _("The beginning of an e-mail address, or of a reseller's name.")
    fields = ("company", "name", "email", "country", "reseller", "licenses", SINCE, ERASED)
    readonly_fields = fields

    def about(self, obj: Any) -> str:
        """Return by what name audit events know a customer."""
        return str(obj.uuid)

    def find(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Find by e-mail or company."""
        if "@" not in term and resellers_named(term):
            return rows.filter(reseller__in=resellers_named(term))
        return rows.filter(pk__in=customers_with_email(term))

    @admin.display(description=_("licenses"))
    def licenses(self, customer: Customer) -> str:
        """Return a link to the customer's licenses."""
        url = reverse("admin:licenses_license_changelist")
        query = f"reseller__id__exact={customer.reseller_id}&customer__id__exact={customer.pk}"
        return format_html('<a href="{}?{}">{}</a>', url, query, _g("Show the licenses"))


@admin.register(Activation)
class ActivationAdmin(StaffAdmin):
    """Who activated which license, when, and under which terms."""

    list_display = (
        AT,
        related("license", _("license")),
        related("customer", _("customer")),
        related("reseller", _("reseller")),
        related("by", _("by")),
        "terms_version",
    )
    list_filter = (ResellerFilter,)
    list_select_related = ("license", "customer", "reseller", "by")
    search_fields = ("customer__email",)
    search_help_text = _("The beginning of a customer's e-mail address.")
    fields = (AT, "license", "customer", "reseller", "by", "terms_version")
    readonly_fields = fields

    def find(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Find by the customer."""
        return rows.filter(license__in=licenses_of_customers(term))

    def about(self, obj: Any) -> str:
        """Return by what name audit events know the license."""
        return str(obj.license.uuid)
