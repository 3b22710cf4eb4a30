"""Licenses, for vendor staff: found by a code that is not shown."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from licenses.models import License, Period
from licenses.status import LicenseStatus
from orders.admin.finding import FoundByCode, licenses_for
from reseller_portal.display import day_text
from resellers.staff.columns import EMPTY, day, moment, related, text
from resellers.staff.filters import ResellerFilter
from resellers.staff.pages import StaffAdmin

FROM = day("anchor_on", _("From"))
TO = day("ends_on", _("To"))


class UseFilter(admin.SimpleListFilter):
    """Keeps the licenses that are in use, or that are for resale."""

    title = _("use")
    parameter_name = "use"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """Offer the two."""
        return [("available", _("Available")), ("activated", _("Activated"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep them."""
        licenses: Any = queryset
        words = {"available": licenses.available, "activated": licenses.activated}
        word = words.get(self.value() or "")
        return queryset if word is None else word()


@admin.register(License)
class LicenseAdmin(FoundByCode):
    """The keys of orders. A code is shown by its last group only; a button shows it, on record."""

    list_display = (
        "code",
        related("order", _("order")),
        related("reseller", _("reseller")),
        related("product", _("product")),
        "status",
        "recurrent",
        related("customer", _("customer")),
        FROM,
        TO,
    )
    list_filter = (
        ResellerFilter,
        UseFilter,
        "recurrent",
        "product",
    )
    list_select_related = ("order", "reseller", "product", "customer")
    linked_by = StaffAdmin.linked_by | {"order__id__exact", "customer__id__exact"}
    search_fields = ("uuid",)
    search_help_text = _(
        "A whole activation code, or an order number, a customer's e-mail or a reseller's name: "
        "whole, or its beginning."
    )
    fields = (
        "code",
        text("uuid", _("UUID")),
        "order",
        "reseller",
        "product",
        "status",
        "recurrent",
        "customer",
        moment("activated_at", _("activated")),
        FROM,
        TO,
        moment("cancelled_at", _("cancelled")),
        "periods",
    )
    readonly_fields = fields

    def find(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Find by code, number, customer or company."""
        return rows.filter(licenses_for(term))

    def about(self, obj: Any) -> str:
        """Return by what name audit events know a license."""
        return str(obj.uuid)

    @admin.display(description=_("activation code"))
    def code(self, license: License) -> str:
        """Return the last group."""
        return format_html('<span class="on-one-line">{}</span>', license)

    @admin.display(description=_("periods"))
    def periods(self, license: License) -> str:
        """Return what was paid for, one period a line."""
        rows = license.periods.order_by("number")
        days = [(row.number, day_text(row.starts_on), day_text(row.ends_on)) for row in rows]
        return format_html_join("", "<div>{}: {} – {}</div>", days) or EMPTY

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
    readonly_fields = fields

    def about(self, obj: Any) -> str:
        """Return by what name audit events know the license."""
        return str(obj.license.uuid)
