"""The exports that are one click away from a list of orders."""

from django.utils.translation import gettext as _, ngettext

from exports.menu import ExportItem, export_items
from orders.filters import OrderFilter
from reseller_portal.lists import Pages


def exports_of(filters: OrderFilter, pages: Pages) -> list[ExportItem]:
    """Return the exports that the person may ask for."""
    query = filters.query(without=["page_size"])
    return export_items(
        filters.user,
        query,
        ("orders", _orders(pages), "download"),
        ("license-keys", _license_keys(pages), "key"),
    )


def _orders(pages: Pages) -> str:
    if not pages.is_exact:
        return _("Export all matching orders")
    said = ngettext("Export %(count)s order", "Export %(count)s orders", pages.capped)
    return said % {"count": pages.counted}


def _license_keys(pages: Pages) -> str:
    if not pages.is_exact:
        return _("Export the license keys of all matching orders")
    said = ngettext(
        "Export the license keys of %(count)s order",
        "Export the license keys of %(count)s orders",
        pages.capped,
    )
    return said % {"count": pages.counted}
