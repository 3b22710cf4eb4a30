"""The record of who did what."""

from typing import Any

from people.activity.empty import empty
from people.activity.filters import ActivityFilter
from people.activity.rows import Deed, deeds
from reseller_portal.lists import ListPage
from reseller_portal.presets import of_a_log
from resellers.models import AuditEvent
from resellers.roles import Right


class Activity(ListPage):
    """Who did what to which order, license, balance or setting, when and from where."""

    right = Right.ADMINISTER
    template = "people/activity.html"
    filters = ActivityFilter

    def load(self, keys: list[int]) -> list[Deed]:
        """Return the deeds of a page."""
        events = AuditEvent.objects.for_reseller(self.reseller).select_related("actor")
        found = events.in_bulk(keys)
        return deeds(self.reseller, (found[key] for key in keys if key in found))

    def more(self, context: dict[str, Any]) -> dict[str, Any]:
        """Return what surrounds the list."""
        filters: ActivityFilter = context["filters"]
        return {
            "presets": of_a_log(filters),
            "row_fields": [filters.form[name] for name in filters.row_fields],
            "clear_url": f"?{filters.query(without=filters.filters)}",
            "empty": None if context["pages"].capped else empty(filters),
            "count": context["pages"].counted,
        }
