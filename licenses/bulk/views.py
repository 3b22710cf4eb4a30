"""The pages of bulk changes: the list, and one job with the result of each license."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from exports.csv import csv_response
from licenses.bulk.exports import RESULT_COLUMNS
from licenses.bulk.filters import BulkItemFilter
from licenses.bulk.progress import Progress
from licenses.bulk.results import being_charged, results_of, with_result
from licenses.models import BulkChange, BulkItem, BulkOutcome, ListName
from reseller_portal.lists import ListPage, Pages
from reseller_portal.pages import Page
from resellers.roles import Right

PER_PAGE = 25


class BulkChangeList(Page):
    """The company's bulk changes, newest first."""

    right = Right.OPERATE
    template = "bulk/list.html"
    title = _("Bulk changes")
    says = _(
        "Changes of many licenses, chosen from license keys, activations or renewals, and what "
        "became of each license."
    )
    label_of_pages = _("Pages of bulk changes")

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show a page of them."""
        changes = BulkChange.objects.for_reseller(self.reseller).select_related("by")
        pages = Pages(changes, PER_PAGE, asked=request.GET.get("page", ""))
        return self.render({"page_obj": pages.current(), "pages": pages})


class ShowBulkChange(ListPage):
    """How far a bulk change is, and the result of each license: as a list, and as CSV."""

    right = Right.OPERATE
    template = "bulk/show.html"
    filters = BulkItemFilter
    change: BulkChange

    def fetch(self, **kwargs: Any) -> None:
        """Load the bulk change; 404 for a stranger's."""
        changes = BulkChange.objects.for_reseller(self.reseller).select_related("by")
        self.change = get_object_or_404(changes, uuid=kwargs["uuid"])

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Show the page, its card alone to a page that asks how far the job is, or the file."""
        if request.GET.get("format") == "csv":
            return self.file()
        htmx: Any = getattr(request, "htmx", None)
        if htmx and htmx.target == self.progress().id:
            return self.card()
        return super().get(request, **kwargs)

    def file(self) -> HttpResponseBase:
        """Return the results that match, as CSV."""
        asked_at = self.change.asked_at.astimezone(self.reseller.zone)
        return csv_response(
            self.filter_set().found_or_refused(),
            RESULT_COLUMNS,
            filename=f"bulk-change-{asked_at:%Y-%m-%d-%H%M%S}.csv",
            reseller=self.reseller,
            user=self.user,
        )

    def card(self) -> HttpResponse:
        """Return the card; once the job has ended, the results are fetched anew."""
        progress = self.progress()
        context = {"progress": progress, "change": self.change, "is_polled": True}
        response = self.render(context, template="bulk/card.html")
        if not progress.pause:
            response.headers["HX-Trigger"] = "bulk-change-ended"
        return response

    def progress(self) -> Progress:
        """Return how far the job is."""
        change = self.change
        return Progress(change, results_of(change), being_charged(change), self.now)

    def filter_set(self) -> BulkItemFilter:
        """Return the filters over this job's licenses."""
        return BulkItemFilter(self.request.GET, user=self.user, now=self.now, change=self.change)

    def load(self, keys: list[int]) -> list[BulkItem]:
        """Return the results of a page, each with its card payment, if it has one."""
        items = with_result(BulkItem.objects.for_reseller(self.reseller))
        found: dict[int, Any] = items.select_related(
            "license__order", "license__product", "license__customer", "payment"
        ).in_bulk(keys)
        shown: list[Any] = [found[key] for key in keys if key in found]
        for item in shown:
            item.label = BulkOutcome(item.result).label
        return shown

    def more(self, context: dict[str, Any]) -> dict[str, Any]:
        """Return the card, the ways to look at the results, and the list that it came from."""
        progress = self.progress()
        filters: BulkItemFilter = context["filters"]
        chosen = filters.given().get("result", "")
        tabs = [
            (tab, f"?{filters.query(result=tab.word)}", tab.word == chosen) for tab in progress.tabs
        ]
        return {
            "progress": progress,
            "change": self.change,
            "tabs": tabs,
            "list_url": self.list_url(),
        }

    def list_url(self) -> str:
        """Return the address of the list that the licenses were chosen from."""
        match self.change.chosen_from:
            case ListName.RENEWALS:
                return reverse("renewals:list")
            case ListName.ACTIVATIONS:
                return reverse("activation:list")
        items = BulkItem.objects.for_reseller(self.reseller).filter(change=self.change)
        number = items.values_list("license__order__number", flat=True)[0]
        return reverse("orders:show", args=[number])
