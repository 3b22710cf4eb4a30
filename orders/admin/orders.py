"""Orders, for vendor staff: to look at, and to send their confirmation again."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _g, gettext_lazy as _

from orders.actions import resend_confirmation
from orders.admin.finding import FoundByCode, orders_for
from orders.confirmation import sent_before, why_not_resend
from orders.models import Order
from reseller_portal.display import moment_text
from resellers.models import User
from resellers.staff.buttons import Button, Done, offered_on
from resellers.staff.columns import moment, money, related
from resellers.staff.filters import ResellerFilter

DATE = moment("placed_at", _("date"))
AMOUNT = money("amount", _("amount"))


@admin.register(Order)
class OrderAdmin(FoundByCode):
    """Purchases. Nothing about one is changed by hand."""

    list_display = (
        "number",
        related("reseller", _("reseller")),
        DATE,
        related("product", _("product")),
        "quantity",
        "available",
        AMOUNT,
        "payment_type",
        "state",
    )
    list_filter = (ResellerFilter, "state", "payment_type", "product")
    list_select_related = ("reseller", "product")
    search_fields = ("number",)
    search_help_text = _(
        "A whole activation code, or an order number, a customer's e-mail or a reseller's name: "
        "whole, or its beginning."
    )
    fields = (
        "number",
        "reseller",
        "user",
        DATE,
        "product",
        "term_months",
        "quantity",
        "available",
        "licenses",
        money("unit_amount", _("amount per license")),
        AMOUNT,
        "payment_type",
        "state",
        "distribution_company",
        "reference",
    )
    readonly_fields = fields

    def find(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Find by number, code, customer or company."""
        return rows.filter(orders_for(term))

    def about(self, obj: Any) -> str:
        """Return by what name audit events know an order."""
        return str(obj.number)

    @admin.display(description=_("licenses"))
    def licenses(self, order: Order) -> str:
        """Return a link to the order's licenses."""
        url = reverse("admin:licenses_license_changelist")
        query = f"reseller__id__exact={order.reseller_id}&order__id__exact={order.pk}"
        return format_html('<a href="{}?{}">{}</a>', url, query, _g("Show the licenses"))


@offered_on(Order)
class ResendConfirmation(Button):
    """Sends the confirmation, with the codes, to the ordering user once more."""

    slug, label, verb = "resend-email", _("Resend the confirmation"), _("Resend the confirmation")
    main = True

    @classmethod
    def why_not(cls, obj: Order, now: datetime) -> str | None:
        """Say why it cannot be sent now."""
        return why_not_resend(obj, now)

    @classmethod
    def explain(cls, obj: Order, _now: datetime) -> list[Any]:
        """Say to whom it goes, and when it last went out."""
        last = sent_before(obj).first()
        sentences = [
            _g(
                "The confirmation with the activation codes and links goes to %(name)s, who placed "
                "the order; to you, if that person may not have codes any more."
            )
            % {"name": obj.user}
        ]
        if last is not None:
            said = _g("It was last queued on %(moment)s for %(to)s: %(state)s.")
            state = last.get_state_display()
            sentences.append(
                said % {"moment": moment_text(last.queued_at), "to": last.to, "state": state}
            )
        return sentences

    @classmethod
    def press(cls, obj: Order, _values: Any, *, actor: User, now: datetime) -> Done:
        """Queue the mail."""
        mail = resend_confirmation(obj.number, actor=actor, now=now)
        return Done(_g("The confirmation is queued for %(to)s.") % {"to": mail.to})
