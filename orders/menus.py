"""What is one click away from a list of orders: ranges of days, and exports."""

from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from exports.kinds import kinds_for
from orders.filters import OrderFilter
from reseller_portal.lists import Pages
from reseller_portal.presets import Preset, presets as named_ranges


def presets(filters: OrderFilter) -> list[Preset]:
    """Return the ranges, ending today in the reseller's zone, for the list as it is filtered."""
    today = filters.today
    yesterday = today - timedelta(days=1)
    ranges = [
        (_("Today"), today, today),
        (_("Yesterday"), yesterday, yesterday),
        (_("7 days"), today - timedelta(days=6), today),
        (_("This month"), today.replace(day=1), today),
    ]
    return named_ranges(filters, ranges)


@dataclass(frozen=True)
class ExportItem:
    """An export of what the list shows: what it covers in words, and where to ask for it."""

    label: str
    icon: str
    url: str


def export_items(filters: OrderFilter, pages: Pages) -> list[ExportItem]:
    """Return the exports that the person may ask for.

    They name the list's days, so that an export shortly after midnight is still what was shown.
    """
    query = filters.query(without=["page_size"])
    labels = {"orders": (_orders(pages), "download"), "license-keys": (_license_keys(pages), "key")}
    return [
        ExportItem(*labels[kind.slug], f"{reverse('exports:start', args=[kind.slug])}?{query}")
        for kind in kinds_for(filters.user)
        if kind.slug in labels
    ]


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
