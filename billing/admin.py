"""Accounts and the ledger, for vendor staff: to look at, with buttons that act."""

from functools import reduce
from operator import or_
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _g, gettext_lazy as _

import billing.card_admin
import billing.staff_buttons
import billing.staff_panels  # noqa: F401 (offer their buttons and panels)
from billing.models import Account, BalanceEntry, VendorDetails
from billing.references import account_in
from billing.steps import transfer_key
from reseller_portal.display import money_text
from resellers.staff.columns import moment, money, related, text
from resellers.staff.filters import ResellerFilter
from resellers.staff.pages import StaffAdmin, is_staff
from resellers.staff.work import Pile, Queue, queue

KEYS = ("purchase", "refund", "renewal")
AMOUNT = money("amount", _("amount"), currency="reseller.currency")
BEFORE = money("balance_before", _("balance before"), currency="reseller.currency")
AFTER = money("balance_after", _("balance after"), currency="reseller.currency")
AT, PARKED = moment("at", _("date")), moment("parked_at", _("parked"))
LOW = moment("low_since", _("low since"))
REFERENCE = text("transfer_reference", _("reference of its transfers"))


class ParkedFilter(admin.SimpleListFilter):
    """Keeps the accounts that wait for staff."""

    title = _("parked")
    parameter_name = "parked"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """Offer both."""
        return [("yes", _("Parked")), ("no", _("Not parked"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep them."""
        if self.value() in {"yes", "no"}:
            return queryset.filter(parked_at__isnull=self.value() == "no")
        return queryset


@admin.register(Account)
class AccountAdmin(StaffAdmin):
    """The prepaid money of each reseller. Nothing about it is changed but by a button."""

    list_display = (
        "reseller",
        money("balance", _("balance")),
        money("credit_limit", _("credit limit")),
        money("available", _("can be spent")),
        LOW,
        PARKED,
    )
    list_filter = (ResellerFilter, ParkedFilter)
    list_select_related = ("reseller",)
    search_fields = ("reseller__name",)
    search_help_text = _("The reference on a transfer, or a part of a reseller's name.")
    ordering = ("reseller__name",)
    fields = (
        "reseller",
        "balance_now",
        "limit_now",
        "available_now",
        "warned_below",
        LOW,
        moment("low_told_at", _("told of it")),
        REFERENCE,
        "entries",
        PARKED,
        "parked_because",
    )
    readonly_fields = fields

    def find(self, rows: QuerySet[Any], term: str) -> QuerySet[Any] | None:
        """Find by the reference on a transfer; by name otherwise."""
        account = account_in(term)
        return None if account is None else rows.filter(pk=account)

    @admin.display(description=_("balance"))
    def balance_now(self, account: Account) -> str:
        """Return the balance with its currency."""
        return money_text(account.balance, account.currency)

    @admin.display(description=_("credit limit"))
    def limit_now(self, account: Account) -> str:
        """Return the credit limit with its currency."""
        return money_text(account.credit_limit, account.currency)

    @admin.display(description=_("can be spent"))
    def available_now(self, account: Account) -> str:
        """Return what can be spent with its currency."""
        return money_text(account.available, account.currency)

    @admin.display(description=_("warned below"))
    def warned_below(self, account: Account) -> str:
        """Return the balance below which the reseller is told."""
        return money_text(account.low_balance_below, account.currency)

    @admin.display(description=_("balance entries"))
    def entries(self, account: Account) -> str:
        """Return a link to the ledger."""
        url = reverse("admin:billing_balanceentry_changelist")
        return format_html(
            '<a href="{}?reseller__id__exact={}">{}</a>',
            url,
            account.reseller_id,
            _g("Show what moved the balance"),
        )


@admin.register(BalanceEntry)
class BalanceEntryAdmin(StaffAdmin):
    """What moved the balances: written once, changed by nobody."""

    list_display = (
        "sequence",
        related("reseller", _("reseller")),
        AT,
        "kind",
        AMOUNT,
        AFTER,
        "reference",
        related("actor", _("actor")),
    )
    list_filter = (ResellerFilter, "kind")
    list_select_related = ("reseller", "actor")
    search_fields = ("key",)
    search_help_text = _(
        "An order number, a license's UUID or a bank's reference: whole, or its beginning."
    )
    fields = (
        "reseller",
        "sequence",
        AT,
        "kind",
        AMOUNT,
        BEFORE,
        AFTER,
        "reference",
        "actor",
        "key",
    )
    readonly_fields = fields

    def find(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Find the entries of a purchase, of a license, or of a transfer, by their keys."""
        keys = [transfer_key(term), *(f"{what}/{term}" for what in KEYS)]
        begins = reduce(or_, (Q(key__startswith=key) for key in keys))
        return rows.filter(begins)


@admin.register(VendorDetails)
class VendorDetailsAdmin(StaffAdmin):
    """Who sells: one row, entered once and changed as needed."""

    may_change = True
    list_display = ("name", "tax_number")
    fields = ("name", "address", "tax_number", "bank_details")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let staff enter the details as long as there are none."""
        return is_staff(request) and not VendorDetails.objects.exists()


queue(
    40,
    Queue(
        _("Accounts"),
        Account,
        "parked_at",
        (
            Pile(
                _("Parked"),
                {"parked": "yes"},
                lambda rows, _now: rows.filter(parked_at__isnull=False),
                _("Accounts are parked"),
                _("neither buy, renew nor refund: see why, and release them"),
            ),
        ),
    ),
)
