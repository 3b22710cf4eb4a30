"""Refunds, for vendor staff: those that wait are approved or rejected by buttons."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.html import format_html_join
from django.utils.translation import gettext as _g, gettext_lazy as _

import orders.admin.refund_buttons  # noqa: F401 (offers its buttons)
from orders.admin.finding import orders_numbered
from orders.models import Refund, RefundPart, RefundState
from orders.refund_parts import Way, where
from reseller_portal.display import money_text
from resellers.staff.columns import moment, money, related
from resellers.staff.filters import ResellerFilter
from resellers.staff.finding import resellers_named
from resellers.staff.pages import StaffAdmin
from resellers.staff.work import Pile, Queue, in_state, queue

AMOUNT = money("amount", _("amount"), currency="order.currency")
ASKED, DECIDED = moment("asked_at", _("asked")), moment("decided_at", _("decided"))


def in_words(part: RefundPart) -> tuple[str, str, str]:
    """Return what a part is of, how much it is, and where it went."""
    back, renewal = part.card_refund, part.renewal
    what = _g("Renewal %(number)s") % {"number": renewal.number} if renewal else _g("Order")
    amount = money_text(part.amount, part.refund.order.currency)
    to = where([Way(str(back.payment.card) if back else "", part.amount)])
    return what, amount, f"{to} ({back.get_state_display()})" if back else to


@admin.register(Refund)
class RefundAdmin(StaffAdmin):
    """What resellers want back, and what was paid back."""

    list_display = (
        "__str__",
        related("reseller", _("reseller")),
        related("order", _("order")),
        AMOUNT,
        "state",
        ASKED,
        related("asked_by", _("asked by")),
        DECIDED,
    )
    list_filter = ("state", ResellerFilter)
    list_select_related = ("reseller", "order", "license", "asked_by")
    search_fields = ("order__number",)
    search_help_text = _("An order number or a reseller's name: whole, or its beginning.")
    fields = (
        "reseller",
        related("order", _("order")),
        related("license", _("license")),
        AMOUNT,
        "state",
        "reason",
        related("asked_by", _("asked by")),
        ASKED,
        "answer",
        related("decided_by", _("decided by")),
        DECIDED,
        "went_back",
    )
    readonly_fields = fields

    def find(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Find by the number of the order, or by company."""
        numbered = orders_numbered(term)
        if numbered:
            return rows.filter(order__in=numbered)
        return rows.filter(reseller__in=resellers_named(term))

    @admin.display(description=_("went back"))
    def went_back(self, refund: Refund) -> str:
        """Return its parts, a line each: how much of what went where."""
        parts = refund.parts.select_related("renewal", "card_refund__payment__card").order_by("pk")
        return format_html_join("", "<div>{}: {}, {}</div>", map(in_words, parts))

    def about(self, obj: Any) -> str:
        """Return by what name audit events know its order."""
        return str(obj.order.number)


queue(
    10,
    Queue(
        _("Refunds"),
        Refund,
        "asked_at",
        (
            Pile(
                _("Asked for"),
                {"state__exact": "asked"},
                in_state(RefundState.ASKED),
                _("Refunds wait for your decision"),
                _("asked for by resellers: approve or reject them"),
                told_singly=True,
            ),
        ),
    ),
)
