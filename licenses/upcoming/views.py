"""Upcoming renewals: what is charged when, from what, and what to deposit."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from billing.cards import warning_of
from billing.steps import why_parked
from exports.csv import csv_response
from licenses.bulk.bar import bar
from licenses.models import BulkVerb
from licenses.upcoming.chart import weeks_ahead
from licenses.upcoming.empty import empty
from licenses.upcoming.exports import UPCOMING_COLUMNS, for_columns
from licenses.upcoming.filters import ENDING, RENEWING, WINDOWS, UpcomingFilter
from licenses.upcoming.rows import Row, rows
from reseller_portal.lists import ListPage
from reseller_portal.pages import wants_fragment


class UpcomingRenewals(ListPage):
    """The next charge of each license that renews, or the licenses that end without renewal."""

    template = "renewals/list.html"
    filters = UpcomingFilter

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Show the page, or hand out the rows as CSV."""
        if request.GET.get("format") == "csv":
            return self.file()
        return super().get(request, **kwargs)

    def file(self) -> HttpResponseBase:
        """Return the rows that match. Raises Refusal for filters that are not valid."""
        return csv_response(
            for_columns(self.asked),
            UPCOMING_COLUMNS,
            filename=f"renewals-{self.today}.csv",
            reseller=self.reseller,
            user=self.user,
        )

    @cached_property
    def asked(self) -> UpcomingFilter:
        """Return the filters as the address states them."""
        return UpcomingFilter(self.request.GET, user=self.user, now=self.now)

    def filter_set(self) -> UpcomingFilter:
        """Return the filters, the same for the whole request: their forecast is made once."""
        return self.asked

    def load(self, keys: list[int]) -> list[Row]:
        """Return the rows of a page."""
        return rows(self.asked, keys)

    def more(self, context: dict[str, Any]) -> dict[str, Any]:
        """Return the forecast, its chart, the ways to look, and what an empty list says."""
        filters, pages = self.asked, context["pages"]
        account = filters.forecast.account
        nothing = filters.is_valid() and not pages.capped
        return {
            "forecast": filters.forecast,
            "account": account,
            "why_parked": why_parked() if account.is_parked else None,
            "card_warning": warning_of(self.user, self.today),
            "chart": (chart := weeks_ahead(filters.forecast)),
            "weeks": [(week, filters.query_of(week.first, week.last)) for week in chart.weeks],
            "windows": [(days, f"?{filters.query(days=str(days))}") for days in WINDOWS],
            "views": self.views(),
            "clear_url": f"?{filters.query(without=filters.filters)}",
            "count": pages.counted,
            "bar": bar("renewals", reverse("renewals:change_many"), filters, pages, self.verbs()),
            "empty": empty(filters) if nothing else None,
            "focus_results": wants_fragment(self.request) and not self.trigger(),
        }

    def verbs(self) -> list[BulkVerb]:
        """Return what can be done for many of the rows."""
        turn = BulkVerb.TURN_ON if self.asked.shows_ending else BulkVerb.TURN_OFF
        return [turn, BulkVerb.RENEW]

    def views(self) -> list[tuple[str, str]]:
        """Return both ways to look: the word, and the address."""
        about = ("paid_by", "state")
        return [
            (RENEWING, f"?{self.asked.query(show='')}"),
            (ENDING, f"?{self.asked.query(without=about, show=ENDING)}"),
        ]

    def trigger(self) -> str:
        """Return the id of what asked for a fragment; nothing for a link that goes with it."""
        htmx: Any = getattr(self.request, "htmx", None)
        return htmx.trigger or ""
