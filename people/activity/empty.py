"""What the record says when it shows nothing."""

from django.utils.translation import gettext as _

from people.activity.filters import ActivityFilter
from reseller_portal.empty import Empty


def empty(filters: ActivityFilter) -> Empty:
    """Return what a list without deeds says: one query."""
    if not filters.start().exists():
        return Empty(
            "clock",
            _("Nothing was done yet"),
            _(
                "Who bought, activated, renewed or changed something will stand here, with when "
                "and from where."
            ),
        )
    if filters.given() == filters.defaults():
        return Empty(
            "clock",
            _("Nothing in the last seven days"),
            _("What was done before is still there."),
            f"?{filters.query(without=filters.filters)}",
            _("Show all days"),
        )
    return Empty(
        "clock",
        _("Nothing matches"),
        _("Nobody did this on these days. Choose more days, or clear all filters."),
        f"?{filters.query(without=filters.filters)}",
        _("Clear all filters"),
    )
