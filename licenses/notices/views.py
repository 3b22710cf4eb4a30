"""What a company was told about its licenses: the list that its mails lead to."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from licenses.models import Notice
from licenses.notices.filters import NoticeFilter
from licenses.notices.lines import Line, lines
from reseller_portal.lists import ListPage
from reseller_portal.presets import Days, presets


class Notices(ListPage):
    """Every license of every gathered mail."""

    template = "renewals/notices.html"
    filters = NoticeFilter

    def load(self, keys: list[int]) -> list[Line]:
        """Return the lines of a page, with what renewing costs today."""
        notices = Notice.objects.for_reseller(self.reseller).with_price(self.today).with_parts()
        found = notices.in_bulk(keys)
        return lines([found[key] for key in keys if key in found], self.today)

    def more(self, context: dict[str, Any]) -> dict[str, Any]:
        """Return the ranges of days, and what an empty list says."""
        filters: NoticeFilter = context["filters"]
        return {
            "presets": presets(filters, self.ranges()),
            "is_bare": not filters.given(),
            "clear_url": f"?{filters.query(without=filters.filters)}",
        }

    def ranges(self) -> list[Days]:
        """Return the ranges of days that are one click away."""
        today: date = self.today
        return [
            (_("All days"), None, None),
            (_("Today"), today, today),
            (_("7 days"), today - timedelta(days=6), today),
            (_("30 days"), today - timedelta(days=29), today),
        ]
