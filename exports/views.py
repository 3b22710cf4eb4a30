"""The pages of exports: the list, one job's card, its file."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from exports import actions
from exports.cards import Card
from exports.csv import CONTENT_TYPE
from exports.files import storage
from exports.kinds import ExportKind, kind_named
from exports.models import Export
from reseller_portal.lists import Pages
from reseller_portal.pages import Page, SeeOther, path_of_the_page
from resellers.roles import Right

if TYPE_CHECKING:
    from django.utils.functional import Promise

log = structlog.get_logger(__name__)

PER_PAGE = 25
GONE = _("This file is gone: files are kept for 24 hours. Export the list again.")
UNREADABLE = _("This file cannot be read just now. Try again in a few minutes.")
NOT_READY = _("This file is not ready yet, or could not be written. The card below says which.")


class ExportList(Page):
    """The company's exports, newest first; of those whose files the person may have."""

    template = "exports/list.html"
    title = _("Exports")
    says = _("Files are kept for 24 hours, for your company only.")
    label_of_pages = _("Pages of exports")

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show a page of them."""
        exports = Export.objects.for_reseller(self.reseller).whose_files_may_be_had_by(self.user)
        asked = request.GET.get("page", "")
        pages = Pages(exports.select_related("by", "reseller"), PER_PAGE, asked=asked)
        page = pages.current()
        cards = [Card(export, self.user, self.now) for export in page]
        return self.render({"page_obj": page, "pages": pages, "cards": cards})


class OfKind(Page):
    """A page that needs the right of an export's kind."""

    kind: ExportKind

    def take_kind(self, slug: str) -> None:
        """Remember the kind; raises Http404 for one that nobody declared."""
        try:
            self.kind = kind_named(slug)
        except KeyError:
            raise Http404 from None

    def needed_right(self) -> Right:
        """Return the right of the kind."""
        return self.kind.right


class StartExport(OfKind):
    """Ask for an export of a list, as its query says."""

    def fetch(self, **kwargs: Any) -> None:
        """Load the kind."""
        self.take_kind(kwargs["kind"])

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Start it, or lead to the unfinished one with the same query."""
        query = request.META.get("QUERY_STRING", "")
        export = actions.start(self.kind, query, user=self.user, now=self.now)
        return SeeOther(reverse("exports:show", args=[export.uuid]))


class OfExport(OfKind):
    """A page about one export of the person's company."""

    export: Export

    def fetch(self, **kwargs: Any) -> None:
        """Load the export and its kind."""
        exports = Export.objects.for_reseller(self.reseller).select_related("by", "reseller")
        export = exports.filter(uuid=kwargs["uuid"]).first()
        if export is None:
            raise Http404
        self.export = export
        self.take_kind(export.kind)

    @property
    def card(self) -> Card:
        """Return what is shown of it."""
        return Card(self.export, self.user, self.now)


class ShowExport(OfExport):
    """The job's card: how far it is, and the file once it is ready."""

    template = "exports/show.html"

    def get(self, request: HttpRequest, uuid: object) -> HttpResponse:
        """Show the page, or only the card to a page that asks how far the job is."""
        htmx: Any = getattr(request, "htmx", None)
        if not htmx or htmx.target != self.card.id:
            return self.render({"card": self.card, "is_alone": True})
        is_alone = path_of_the_page(request) == request.path
        polled = {"card": self.card, "is_polled": True, "is_alone": is_alone}
        return self.render(polled, template="exports/card.html")


class Download(OfExport):
    """The file."""

    template = "exports/show.html"

    def get(self, request: HttpRequest, uuid: object) -> HttpResponseBase:
        """Send it, or say why there is none."""
        if self.export.is_expired(self.now):
            return self.unavailable(GONE, HTTPStatus.GONE)
        if not self.export.is_ready(self.now):
            return self.unavailable(NOT_READY, HTTPStatus.CONFLICT)
        try:
            file = storage().open(self.export.file, "rb")
        except FileNotFoundError:
            return self.unavailable(GONE, HTTPStatus.GONE)
        except OSError as error:
            log.warning("export_not_read", export=str(self.export.uuid), error=error.strerror)
            return self.unavailable(UNREADABLE, HTTPStatus.CONFLICT)
        return FileResponse(
            file, as_attachment=True, filename=self.export.filename, content_type=CONTENT_TYPE
        )

    def unavailable(self, sentence: "Promise", status: int) -> HttpResponse:
        """Say why there is no file, beside the job's card."""
        return self.render({"card": self.card, "sentence": sentence}, status=status)
