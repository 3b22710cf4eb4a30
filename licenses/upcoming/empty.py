"""What the list says when there is no row, and where to go from there."""

from django.urls import reverse
from django.utils.translation import gettext as _

from licenses.models import License
from licenses.upcoming.filters import WINDOWS, UpcomingFilter
from reseller_portal.empty import Empty


def empty(filters: UpcomingFilter) -> Empty:
    """Return what a list without rows says: one query at most."""
    if filters.given():
        return Empty(
            "search",
            _("No licenses match"),
            _("No license fits all of these filters. Remove one of them, or clear all."),
            f"?{filters.query(without=filters.filters)}",
            _("Clear all filters"),
        )
    if not License.objects.for_reseller(filters.reseller).activated().exists():
        return Empty(
            "renew",
            _("Nothing to renew yet"),
            _("Licenses renew once a customer has activated them. Each will stand here then."),
            reverse("orders:list"),
            _("Licenses Purchased"),
        )
    return _none_ahead(filters)


def _none_ahead(filters: UpcomingFilter) -> Empty:
    heading = _("Nothing renews in %(time)s")
    text = _("No license with auto-renew on is charged in this time.")
    if filters.shows_ending:
        heading = _("Nothing ends in %(time)s")
        text = _("Every license that ends in this time renews automatically.")
    further = next((days for days in WINDOWS if days > filters.window), None)
    return Empty(
        "calendar",
        heading % {"time": filters.ahead_in_words()},
        text,
        f"?{filters.query(days=str(further))}" if further else "",
        _("Look %(days)d days ahead") % {"days": further} if further else "",
    )
