"""Licenses, for vendor staff: found by a code that is not shown."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from licenses.models import License, Period
from licenses.status import LicenseStatus
from orders.admin.finding import licenses_for
from resellers.staff.columns import day, related
from resellers.staff.filters import ResellerFilter
from resellers.staff.pages import StaffAdmin, StaffInline


class PeriodInline(StaffInline):
    """What was paid for."""

    model = Period
    fields = ("number", "starts_on", "ends_on")
    ordering = ("number",)


@admin.register(License)
class LicenseAdmin(StaffAdmin):
    """The keys of orders. A code is shown by its last group only; a button shows it, on record."""

    list_display = (
        "__str__",
        related("order", _("order")),
        related("reseller", _("reseller")),
        related("product", _("product")),
        "status",
        "recurrent",
        related("customer", _("customer")),
        day("anchor_on", _("From")),
        day("ends_on", _("To")),
    )
    list_filter = (
        ResellerFilter,
        ("activated_at", admin.EmptyFieldListFilter),
        "recurrent",
        "product",
    )
    list_select_related = ("order", "reseller", "product", "customer")
    search_fields = ("uuid",)
    search_help_text = _(
        "An activation code or order number, a customer's e-mail, a reseller's name: whole, or its "
        "beginning."
    )
    fields = (
        "code",
        "uuid",
        "order",
        "reseller",
        "product",
        "status",
        "recurrent",
        "customer",
        "activated_at",
        "anchor_on",
        "ends_on",
        "cancelled_at",
    )
    readonly_fields = fields
    inlines = (PeriodInline,)

    def find(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Find by code, number, customer or company."""
        return rows.filter(licenses_for(term))

    def about(self, obj: Any) -> str:
        """Return by what name audit events know a license."""
        return str(obj.uuid)

    @admin.display(description=_("activation code"))
    def code(self, license: License) -> str:
        """Return the last group."""
        return str(license)

    @admin.display(description=_("status"))
    def status(self, license: License) -> Any:
        """Return the status on the reseller's day."""
        today = license.reseller.day_of(timezone.now())
        return LicenseStatus(license.status_on(today)).label


@admin.register(Period)
class PeriodAdmin(StaffAdmin):
    """What was paid for each license."""

    list_display = (
        related("license", _("license")),
        related("reseller", _("reseller")),
        "number",
        day("starts_on", _("From")),
        day("ends_on", _("To")),
    )
    list_display_links = ("number",)
    list_filter = (ResellerFilter,)
    list_select_related = ("license", "reseller")
    fields = ("license", "reseller", "number", "starts_on", "ends_on")

    def about(self, obj: Any) -> str:
        """Return by what name audit events know the license."""
        return str(obj.license.uuid)
