"""Companies, people and the record of who did what, for vendor staff."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _g, gettext_lazy as _

from resellers.models import AuditEvent, DistributionCompany, Reseller, User
from resellers.staff.columns import moment, related
from resellers.staff.filters import ResellerFilter, whether
from resellers.staff.finding import keys_anywhere
from resellers.staff.pages import StaffAdmin
from resellers.staff.panels import Panel, shown_on
from resellers.staff.work import attention

ROWS_OF_A_RESELLER = (
    (_("Users"), "resellers_user"),
    (_("Invitations"), "people_invitation"),
    (_("Distribution companies"), "resellers_distributioncompany"),
    (_("Account"), "billing_account"),
    (_("Balance entries"), "billing_balanceentry"),
    (_("Orders"), "orders_order"),
    (_("Refunds"), "orders_refund"),
    (_("Licenses"), "licenses_license"),
    (_("Customers"), "activation_customer"),
    (_("Mails"), "mailing_mail"),
    (_("Exports"), "exports_export"),
    (_("Audit events"), "resellers_auditevent"),
)


OPENED = moment("created_at", _("opened"))
JOINED = moment("created_at", _("joined"))
LAST_SIGN_IN = moment("last_login", _("last sign-in"))
AT = moment("at", _("at"))


@admin.register(Reseller)
class ResellerAdmin(StaffAdmin):
    """Companies. The currency stays: amounts are stored in it."""

    may_change = True
    list_display = ("name", "currency", "time_zone", OPENED)
    list_filter = ("currency",)
    search_fields = ("name",)
    ordering = ("name",)
    fields = (
        "name",
        "address",
        "tax_number",
        "tax_rate",
        "time_zone",
        "currency",
        OPENED,
        "rows",
    )
    readonly_fields = ("currency", OPENED, "rows")

    @admin.display(description=_("belongs to it"))
    def rows(self, reseller: Reseller) -> str:
        """Return links to the lists of what belongs to the company."""
        links = [
            (reverse(f"admin:{name}_changelist"), reseller.pk, label)
            for label, name in ROWS_OF_A_RESELLER
        ]
        return format_html_join(" · ", '<a href="{}?reseller__id__exact={}">{}</a>', links)


@shown_on(Reseller, 20)
def waiting(reseller: Reseller, now: datetime) -> Panel:
    """Show what staff have to see to for a company."""
    rows = [
        (format_html('<a href="{}">{}</a>', one.url, one.pile.attention), one.number, one.oldest)
        for one in attention(now, reseller)
    ]
    heads = (_g("what"), _g("how many"), _g("oldest since"))
    return Panel(_g("What waits"), heads, rows, empty=_g("Nothing waits for you here."))


@admin.register(User)
class UserAdmin(StaffAdmin):
    """People of the resellers, and vendor staff."""

    list_display = (
        "name",
        "email",
        related("reseller", _("reseller")),
        "role",
        "is_staff",
        "is_active",
        LAST_SIGN_IN,
    )
    list_filter = (ResellerFilter, "role", "is_active", "is_staff")
    list_select_related = ("reseller",)
    search_fields = ("email__startswith", "name__icontains")
    search_help_text = _("The beginning of an e-mail address, or a part of a name.")
    fields = (
        "name",
        "email",
        "reseller",
        "role",
        "is_staff",
        "is_active",
        JOINED,
        LAST_SIGN_IN,
    )
    readonly_fields = fields

    def about(self, obj: Any) -> str:
        """Return by what name audit events know a person."""
        return f"user:{obj.pk}"


@admin.register(DistributionCompany)
class DistributionCompanyAdmin(StaffAdmin):
    """Partner organizations: entered and retired for a reseller, never deleted."""

    may_add = may_change = True
    list_display = ("name", related("reseller", _("reseller")), moment("retired_at", _("retired")))
    list_filter = (
        ResellerFilter,
        whether("retired_at", _("use"), _("Retired"), _("In use")),
    )
    list_select_related = ("reseller",)
    search_fields = ("name",)
    autocomplete_fields = ("reseller",)
    fields = ("reseller", "name", "retired_at")

    def get_readonly_fields(self, _request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep a company that exists with its reseller."""
        return () if obj is None else ("reseller",)


@admin.register(AuditEvent)
class AuditEventAdmin(StaffAdmin):
    """Who did what to which thing: written once, changed by nobody."""

    list_display = (
        AT,
        "verb",
        "about",
        related("reseller", _("reseller")),
        related("actor", _("actor")),
        "address",
    )
    list_display_links = ("verb",)
    list_filter = (ResellerFilter,)
    list_select_related = ("reseller", "actor")
    linked_by = StaffAdmin.linked_by | {"about__exact"}
    search_fields = ("about",)
    search_help_text = _("An order number, a license's UUID, or a person's whole e-mail address.")
    fields = (AT, "verb", "about", "reseller", "actor", "changes", "address")
    readonly_fields = fields

    def find(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Find what was done to a thing, or by a person."""
        if "@" in term:
            people = User.objects.filter(email=term.lower()).values_list("pk", flat=True)
            return rows.filter(actor__in=list(people))
        return rows.filter(pk__in=keys_anywhere(AuditEvent.objects.filter(about=term)))
