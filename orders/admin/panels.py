"""What belongs to a reseller, an order or a license, on their pages in the admin site."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from licenses.models import License, Renewal, RenewalAttempt
from mailing.models import Mail
from orders.models import Order, Refund
from reseller_portal.display import day_text, moment_text
from resellers.models import Reseller
from resellers.staff.columns import choice, day, itself, link_to, moment, money, related, text
from resellers.staff.panels import FEW, Panel, list_of, shown_on, table


@shown_on(Reseller, 30)
def last_orders(reseller: Reseller, _now: datetime) -> Panel:
    """Show what it bought last."""
    columns = (
        itself(_("order")),
        moment("placed_at", _("date")),
        related("product", _("product")),
        text("quantity", _("quantity")),
        money("amount", _("amount")),
        choice("state", _("state")),
    )
    orders = Order.objects.for_reseller(reseller).select_related("product")
    return table(
        _("Last orders"),
        columns,
        orders.defer("product__terms_text").order_by("-placed_at", "-pk")[:FEW],
        empty=_("It has not bought anything yet."),
        url=list_of(Order, reseller__id__exact=reseller.pk),
        more=_("All orders"),
    )


@shown_on(Order, 10)
def refunds_of(order: Order, _now: datetime) -> Panel | None:
    """Show what was asked or paid back, if anything was."""
    columns = (
        itself(_("refund")),
        money("amount", _("amount"), currency="order.currency"),
        choice("state", _("state")),
        moment("asked_at", _("asked")),
        text("reason", _("reason")),
    )
    refunds = Refund.objects.for_reseller(order.reseller).filter(order=order)
    found = list(refunds.select_related("order", "license").order_by("-pk")[:FEW])
    return table(_("Refunds"), columns, found) if found else None


@shown_on(License, 10)
def renewals_of(license: License, _now: datetime) -> Panel | None:
    """Show the periods that were to be paid, each with what the last try at it said."""
    renewals = Renewal.objects.for_reseller(license.reseller).filter(license=license)
    found = list(renewals.select_related("license").order_by("-number")[:FEW])
    if not found:
        return None
    said = last_words(license, found)
    columns = (
        itself(_("renewal")),
        choice("state", _("state")),
        day("next_attempt_on", _("next attempt")),
        moment("settled_at", _("settled at")),
    )
    made = table(_("Renewals"), columns, found)
    rows = [[*row, said.get(each.pk, "")] for row, each in zip(made.rows, found, strict=True)]
    return Panel(made.title, [*made.heads, _("last attempt")], rows)


def last_words(license: License, renewals: list[Renewal]) -> dict[int, str]:
    """Return what the last try at each renewal came to, and why."""
    attempts = RenewalAttempt.objects.for_reseller(license.reseller).filter(renewal__in=renewals)
    last = attempts.order_by("renewal_id", "-at", "-pk").distinct("renewal_id")
    return {
        one.renewal_id: f"{day_text(one.on)}: {one.get_outcome_display()} {one.reason}".strip()
        for one in last
    }


@shown_on(Order, 20)
def mails_about_order(order: Order, _now: datetime) -> Panel | None:
    """Show the mails about an order."""
    return mails(order, order.number)


@shown_on(License, 20)
def mails_about_license(license: License, _now: datetime) -> Panel | None:
    """Show the mails about a license."""
    return mails(license, str(license.uuid))


def mails(of: Any, about: str) -> Panel | None:
    """Show what became of the last mails about a thing, if there were any."""
    found = Mail.objects.filter(reseller=of.reseller, about=about).order_by("-queued_at", "-pk")
    rows = [
        (moment_text(mail.queued_at), link_to(mail, mail.kind_label), mail.to, became(mail))
        for mail in found[:FEW]
    ]
    heads = (_("queued"), _("kind"), _("to"), _("state"))
    return Panel(_("Mails"), heads, rows) if rows else None


def became(mail: Mail) -> str:
    """Return what became of a mail, and why if it did not go out."""
    return f"{mail.get_state_display()} {mail.reason}".strip()
