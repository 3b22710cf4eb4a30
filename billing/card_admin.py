"""Cards, and what was paid and paid back by them, for vendor staff."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

import billing.card_work
import billing.payment_buttons
import billing.refund_buttons
import billing.return_button  # noqa: F401 (declare what waits, and offer buttons)
from billing.cards import about_card
from billing.models import Card, CardPayment, CardRefund
from billing.payments.opening import about_payment
from billing.purposes import purpose_choices, purpose_label
from reseller_portal.display import moment_text
from resellers.models import AuditEvent
from resellers.record import sentence
from resellers.staff.columns import day, moment, money, related
from resellers.staff.filters import LateFilter, ResellerFilter
from resellers.staff.finding import first_keys, keys_anywhere, resellers_named
from resellers.staff.pages import StaffAdmin

AMOUNT, BACK = (
    money("amount", _("amount")),
    money("amount", _("amount"), currency="payment.currency"),
)
BEGAN, SENT = moment("created_at", _("begun")), moment("sent_at", _("sent"))
SETTLED, NEXT = moment("settled_at", _("settled")), moment("next_check_at", _("next check"))
AFTER_ALL = moment("contradicted_at", _("paid after all"))
BACK_AFTER_ALL = moment("contradicted_at", _("back after all"))
DEALT_WITH = moment("dealt_with_at", _("dealt with"))
EXPIRES = day("expires_on", _("expires"))
ADDED, REMOVED = moment("added_at", _("added")), moment("removed_at", _("removed"))
RESELLER, ACTOR = related("reseller", _("reseller")), related("actor", _("actor"))
CARD = related("card", _("card"), on_one_line=True)
PAYMENT = related("payment", _("card payment"), on_one_line=True)


@admin.display(description=_("purpose"))
def purpose(payment: CardPayment) -> str:
    """Return what a payment is for, in words."""
    return purpose_label(payment.purpose)


def history_of(payment: CardPayment) -> str:
    """Return what happened to a payment, and who did it, a line each."""
    events = AuditEvent.objects.filter(
        reseller=payment.reseller, about=about_payment(payment)
    ).select_related("actor")
    told = (
        (moment_text(e.at), sentence(e, payment.currency), e.actor or "-")
        for e in events.order_by("pk")
    )
    return format_html_join("", "<div>{}: {} ({})</div>", told)


def payments_for(rows: QuerySet[Any], term: str) -> list[int]:
    """Return the keys of the payments that a term names: by the gateway, or by what they pay."""
    keys = [*first_keys(rows.filter(gateway_id=term)), *first_keys(rows.filter(key=term))]
    purposes = [name for name, _label in purpose_choices()]
    names = {term, term.upper(), term.lower()}
    return keys + keys_anywhere(rows.filter(purpose__in=purposes, about__in=names))


class PurposeFilter(admin.SimpleListFilter):
    """Keeps the payments for one purpose."""

    title = _("purpose")
    parameter_name = "purpose"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """Offer what the apps declare."""
        return purpose_choices()

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep them."""
        return queryset.filter(purpose=self.value()) if self.value() else queryset


class ContradictedFilter(admin.SimpleListFilter):
    """Keeps those of which the gateway says something else than is known here."""

    title = _("contradiction")
    parameter_name = "contradicted"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """Offer those that wait for staff, and those that were dealt with."""
        return [("open", _("To be dealt with")), ("dealt", _("Dealt with"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep them."""
        rows: Any = queryset
        if self.value() == "open":
            rows = rows.contradicted()
        elif self.value() == "dealt":
            rows = rows.filter(dealt_with_at__isnull=False)
        kept: QuerySet[Any] = rows
        return kept


@admin.register(CardPayment)
class CardPaymentAdmin(StaffAdmin):
    """Charges of cards. One whose outcome is in doubt is settled by a button."""

    list_display = (BEGAN, RESELLER, purpose, "about", AMOUNT, CARD, "state")
    list_filter = (
        "state",
        LateFilter,
        ContradictedFilter,
        PurposeFilter,
        ResellerFilter,
    )
    list_select_related = ("reseller", "card")
    search_fields = ("gateway_id",)
    search_help_text = _(
        "An order number, the gateway's id or key, whole; or a reseller's name or its beginning."
    )
    fields = (
        *("uuid", RESELLER, purpose, "about", AMOUNT, CARD, "state", "reason"),
        *("gateway_id", "code", "key", "checks", ACTOR),
        *(BEGAN, SENT, NEXT, SETTLED, AFTER_ALL, DEALT_WITH, "events"),
    )
    readonly_fields = fields

    def find(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Find by what is paid for, by the gateway's names, or by company."""
        found = payments_for(rows, term)
        if found:
            return rows.filter(pk__in=found)
        return rows.filter(reseller__in=resellers_named(term))

    def about(self, obj: Any) -> str:
        """Return by what name audit events know a payment."""
        return about_payment(obj)

    @admin.display(description=_("history"))
    def events(self, payment: CardPayment) -> str:
        """Return what happened to it, and who did it."""
        return history_of(payment)


@admin.register(Card)
class CardAdmin(StaffAdmin):
    """The cards that the gateway keeps for resellers."""

    list_display = ("__str__", RESELLER, EXPIRES, "is_default", ADDED, REMOVED)
    list_filter = ("is_default", ResellerFilter)
    list_select_related = ("reseller",)
    search_fields = ("reseller__name",)
    search_help_text = _("A reseller's name, or its beginning.")
    fields = (
        *(RESELLER, "brand", "last4", EXPIRES, "is_default"),
        *(related("added_by", _("added by")), ADDED, REMOVED),
    )
    readonly_fields = fields

    def find(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Find by company."""
        return rows.filter(reseller__in=resellers_named(term))

    def about(self, obj: Any) -> str:
        """Return by what name audit events know a card."""
        return about_card(obj)


@admin.register(CardRefund)
class CardRefundAdmin(StaffAdmin):
    """Money that goes back to the cards that paid."""

    list_display = (PAYMENT, RESELLER, BACK, "state", BEGAN, SETTLED)
    list_display_links = ("state",)
    list_filter = ("state", LateFilter, ContradictedFilter, ResellerFilter)
    list_select_related = ("reseller", "payment__card")
    search_fields = ("payment__gateway_id",)
    search_help_text = CardPaymentAdmin.search_help_text
    fields = (
        *(RESELLER, PAYMENT, BACK, "state", "reason", "gateway_id", "is_pending"),
        *(
            "key",
            "tries",
            "checks",
            ACTOR,
            BEGAN,
            SENT,
            NEXT,
            SETTLED,
            BACK_AFTER_ALL,
            DEALT_WITH,
            "events",
        ),
    )
    readonly_fields = fields

    def find(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Find by the payment, or by company."""
        payments = payments_for(CardPayment.objects.all(), term)
        if payments:
            return rows.filter(payment__in=payments)
        return rows.filter(reseller__in=resellers_named(term))

    def about(self, obj: Any) -> str:
        """Return by what name audit events know its payment."""
        return about_payment(obj.payment)

    @admin.display(description=_("history of the payment"))
    def events(self, refund: CardRefund) -> str:
        """Return what happened to the payment, and so to this, and who did it."""
        return history_of(refund.payment)
