"""The balance: what is there, what moved it, how it went."""

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from billing.chart import balance_chart
from billing.empty import empty
from billing.exports import BALANCE_COLUMNS, in_ledger_order
from billing.filters import BalanceFilter
from billing.gateway import cards_are_on
from billing.models import BalanceEntry, VendorDetails
from billing.statements import statement
from billing.steps import why_parked
from exports.csv import csv_response
from reseller_portal.lists import ListPage
from reseller_portal.pages import Page
from reseller_portal.presets import Days, presets
from reseller_portal.rights import Right


class ShowStatement(Page):
    """One month of the account, to be printed: what it began with, each entry, what it left."""

    template = "billing/statement.html"

    def fetch(self, **kwargs: Any) -> None:
        """Take the month; raises Http404 for one to come."""
        self.month: date = kwargs["month"]
        if self.month > self.today:
            raise Http404

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        """Show the page."""
        shown = statement(self.reseller, self.month)
        context = {
            "statement": shown,
            "vendor": VendorDetails.objects.current(),
            "account": self.reseller.account,
            "before": self.month - timedelta(days=1),
            "after": shown.last + timedelta(days=1) if shown.last < self.today else None,
            "is_over": shown.last < self.today,
        }
        return self.render(context)


class Balance(ListPage):
    """The figures of today, the balance over time, and the entries of the ledger."""

    template = "billing/balance.html"
    filters = BalanceFilter

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Show the page, or hand out the entries as CSV, in ledger order."""
        if request.GET.get("format") == "csv":
            return self.file()
        return super().get(request, **kwargs)

    def file(self) -> HttpResponseBase:
        """Return the entries that match. Raises Refusal for filters that are not valid."""
        filters: Any = self.filter_set()
        return csv_response(
            in_ledger_order(filters),
            BALANCE_COLUMNS,
            filename=f"balance-{self.today}.csv",
            reseller=self.reseller,
            user=self.user,
        )

    def load(self, keys: list[int]) -> list[BalanceEntry]:
        """Return the entries of a page, with who posted them."""
        entries = BalanceEntry.objects.for_reseller(self.reseller).select_related("actor")
        found = entries.in_bulk(keys)
        return [found[key] for key in keys if key in found]

    def more(self, context: dict[str, Any]) -> dict[str, Any]:
        """Return the account, its chart, and what an empty list says."""
        filters: BalanceFilter = context["filters"]
        account = self.reseller.account
        vendor = VendorDetails.objects.current()
        can_deposit = cards_are_on() and self.user.may(Right.ADMINISTER)
        return {
            "account": account,
            "presets": presets(filters, self.ranges()),
            "why_parked": why_parked() if account.is_parked else None,
            "vendor": vendor,
            "can_deposit": can_deposit,
            "chart": balance_chart(self.reseller, *filters.days(), self.today),
            "is_new": account.next_sequence == 1,
            "empty": empty(vendor, may_deposit=can_deposit),
            "clear_url": f"?{filters.query(without=filters.filters)}",
            "count": context["pages"].counted,
        }

    def ranges(self) -> list[Days]:
        """Return the ranges of days that are one click away."""
        month, year = self.today.replace(day=1), self.today.replace(month=1, day=1)
        before = month - timedelta(days=1)
        return [
            (_("All days"), None, None),
            (_("30 days"), self.today - timedelta(days=29), self.today),
            (_("This month"), month, self.today),
            (_("Last month"), before.replace(day=1), before),
            (_("This year"), year, self.today),
        ]
