"""Renewals and the tries at them, for vendor staff: why one failed."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from licenses.models import License, Renewal, RenewalAttempt
from orders.admin.finding import licenses_for
from reseller_portal.display import day_text
from resellers.staff.columns import EMPTY, day, moment, related
from resellers.staff.filters import ResellerFilter
from resellers.staff.finding import first_keys, resellers_named
from resellers.staff.pages import StaffAdmin

LICENSE, ORDER = related("license", _("license")), related("license.order", _("order"))
RESELLER, ACTOR = related("reseller", _("reseller")), related("actor", _("actor"))
NEXT, SETTLED = day("next_attempt_on", _("next attempt")), moment("settled_at", _("settled at"))
RENEWAL, AT = related("renewal", _("renewal")), moment("at", _("at"))
HELP = _(
    "A whole activation code, or an order number, a customer's e-mail or a reseller's name: "
    "whole, or its beginning."
)


def licenses_found(term: str) -> list[int]:
    """Return the keys of the licenses that staff mean."""
    return first_keys(License.objects.filter(licenses_for(term)))


@admin.register(Renewal)
class RenewalAdmin(StaffAdmin):
    """Periods that are to be paid, each with the tries at it."""

    list_display = ("__str__", ORDER, RESELLER, "state", "source", "amount", NEXT, SETTLED)
    list_filter = ("state", "source", ResellerFilter)
    list_select_related = ("reseller", "license__order")
    search_fields = ("license__uuid",)
    search_help_text = HELP
    fields = (
        *(LICENSE, ORDER, RESELLER, "number", "state", "source", "amount"),
        *(NEXT, moment("created_at", _("created at")), SETTLED, ACTOR, "tries"),
    )
    readonly_fields = fields

    def find(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Find by the license: its code, order, customer or company."""
        companies = resellers_named(term)
        if companies:
            return rows.filter(reseller__in=companies)
        return rows.filter(license__in=licenses_found(term))

    def about(self, obj: Any) -> str:
        """Return by what name audit events know its license."""
        return str(obj.license.uuid)

    @admin.display(description=_("attempts"))
    def tries(self, renewal: Renewal) -> str:
        """Return each try with what came of it, and why; newest first."""
        attempts = RenewalAttempt.objects.for_reseller(renewal.reseller).filter(renewal=renewal)
        rows = [
            (day_text(one.on), one.get_source_display(), one.get_outcome_display(), one.reason)
            for one in attempts
        ]
        return format_html_join("", "<div>{}: {}, {}. {}</div>", rows) or EMPTY


@admin.register(RenewalAttempt)
class RenewalAttemptAdmin(StaffAdmin):
    """Tries at renewals: written by the engine, or by a person's Renew."""

    list_display = (RENEWAL, RESELLER, day("on", _("day")), "source", "outcome", "reason")
    list_display_links = ("outcome",)
    list_filter = ("outcome", "source", ResellerFilter)
    list_select_related = ("reseller", "renewal__license")
    search_fields = ("renewal__license__uuid",)
    search_help_text = HELP
    fields = (
        *(RENEWAL, RESELLER, day("on", _("day")), AT, "source", "outcome"),
        *("amount", "reason", ACTOR),
    )
    readonly_fields = fields

    def find(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Find by the license: its code, order, customer or company."""
        companies = resellers_named(term)
        if companies:
            return rows.filter(reseller__in=companies)
        return rows.filter(renewal__license__in=licenses_found(term))

    def about(self, obj: Any) -> str:
        """Return by what name audit events know the license."""
        return str(obj.renewal.license.uuid)
