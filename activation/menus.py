"""What a list of activations offers besides its tiles: its export, and a way on where none is."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from activation.filters import ActivationFilter, CustomerFilter
from exports.menu import ExportItem, export_items
from reseller_portal.display import day_text
from reseller_portal.empty import Empty
from reseller_portal.lists import Pages

DAYS = 30


def exports_of(filters: ActivationFilter, pages: Pages) -> list[ExportItem]:
    """Return the exports that the person may ask for."""
    label = _("Export all matching activations")
    if pages.is_exact:
        said = ngettext("Export %(count)s activation", "Export %(count)s activations", pages.capped)
        label = said % {"count": pages.counted}
    query = filters.query(without=["page_size"])
    return export_items(filters.user, query, ("activations", label, "download"))


def customer_exports(filters: CustomerFilter, pages: Pages) -> list[ExportItem]:
    """Return the exports of customers that the person may ask for."""
    label = _("Export all matching customers")
    if pages.is_exact:
        said = ngettext("Export %(count)s customer", "Export %(count)s customers", pages.capped)
        label = said % {"count": pages.counted}
    query = filters.query(without=["page_size"])
    return export_items(filters.user, query, ("customers", label, "download"))


def empty(filters: ActivationFilter) -> Empty:
    """Return what a list without tiles says: one query."""
    if not filters.start().exists():
        return Empty(
            "check",
            _("No activations yet"),
            _(
                "Once a customer opens an activation link and submits the form, or you activate "
                "for them, the license stands here."
            ),
            reverse("orders:list") + "?available=true",
            _("Show licenses available"),
        )
    if filters.given() == filters.defaults():
        return _none_today(filters)
    return Empty(
        "search",
        _("No activations match"),
        _("No activation fits all of these filters. Remove one of them, or clear all."),
        f"?{filters.query(without=filters.filters)}",
        _("Clear all filters"),
    )


def no_customers() -> Empty:
    """Return what the list of customers says before anybody activated."""
    return Empty(
        "building",
        _("No customers yet"),
        _(
            "Who activates a license, by its link or with your help, will stand here with all of "
            "their licenses."
        ),
        reverse("orders:list") + "?available=true",
        _("Show licenses available"),
    )


def _none_today(filters: ActivationFilter) -> Empty:
    first = filters.today - timedelta(days=DAYS - 1)
    query = filters.query(date_from=first.isoformat(), date_to=filters.today.isoformat())
    return Empty(
        "calendar",
        _("No activations today"),
        _("Nothing was activated on %(day)s in %(zone)s.")
        % {"day": day_text(filters.today), "zone": filters.reseller.time_zone},
        f"?{query}",
        _("Show the last %(days)d days") % {"days": DAYS},
    )
