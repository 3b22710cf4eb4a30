"""What resellers were told about their licenses, for vendor staff."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from licenses.models import License, Notice
from orders.admin.finding import FoundByCode, licenses_for
from resellers.staff.columns import day, moment, related
from resellers.staff.filters import ResellerFilter
from resellers.staff.finding import first_keys, resellers_named

LICENSE = related("license", _("license"))
ON, TOLD = day("on", _("day")), day("told_on", _("told on"))


@admin.register(Notice)
class NoticeAdmin(FoundByCode):
    """Each thing that a reseller is told about a period of a license, once."""

    list_display = ("kind", LICENSE, "period", related("reseller", _("reseller")), ON, TOLD)
    list_filter = ("kind", ResellerFilter)
    list_select_related = ("reseller", "license")
    search_fields = ("license__uuid",)
    search_help_text = _(
        "A whole activation code, or an order number, a customer's e-mail or a reseller's name: "
        "whole, or its beginning."
    )
    fields = ("kind", LICENSE, "period", "reseller", ON, TOLD, moment("at", _("noticed")))
    readonly_fields = fields

    def find(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Find by the license: its code, order, customer or company."""
        companies = resellers_named(term)
        if companies:
            return rows.filter(reseller__in=companies)
        return rows.filter(license__in=first_keys(License.objects.filter(licenses_for(term))))

    def about(self, obj: Any) -> str:
        """Return by what name audit events know its license."""
        return str(obj.license.uuid)
