"""Exports, for vendor staff. Their files are the reseller's alone, and so are their filters."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext as _g, gettext_lazy as _

from exports.actions import retry
from exports.models import Export
from resellers.staff.asked_for import AskedFor
from resellers.staff.buttons import offered_on
from resellers.staff.columns import moment, related, text
from resellers.staff.filters import GivenUpFilter, LateFilter, ResellerFilter
from resellers.staff.pages import StaffAdmin
from resellers.staff.retrying import RetryAll, RetryOne
from resellers.staff.work import Queue, jobs, queue

KIND = text("kind_label", _("kind"))
ASKED = moment("asked_at", _("asked for"))


@admin.register(Export)
class ExportAdmin(AskedFor, StaffAdmin):
    """Jobs that write a CSV. `query` may hold an activation code and is not shown."""

    list_display = (
        ASKED,
        KIND,
        related("by", _("by")),
        related("reseller", _("reseller")),
        "state",
        "rows",
        "reason",
    )
    list_display_links = (KIND,)
    list_filter = (GivenUpFilter, LateFilter, "state", ResellerFilter)
    fields = (
        text("uuid", _("UUID")),
        KIND,
        "by",
        "reseller",
        "state",
        "reason",
        "attempts",
        "total",
        "rows",
        "size",
        ASKED,
        moment("finished_at", _("finished")),
        moment("expires_at", _("kept until")),
    )
    readonly_fields = fields


@offered_on(Export)
class RetryExport(RetryOne):
    """Tries an export that was given up from the beginning."""

    retry = staticmethod(retry)
    refusal = _("Only a failed or stuck export can be tried again.")
    queued = _("The export is queued again.")

    @classmethod
    def explain(cls, obj: Export, _now: datetime) -> list[Any]:
        """Say what will happen."""
        return [
            _g("The file is written anew. Only the people of %(reseller)s can download it.")
            % {"reseller": obj.reseller}
        ]


@offered_on(Export)
class RetryExports(RetryAll):
    """Tries all exports that were given up."""

    model, retry = Export, staticmethod(retry)


queue(
    70,
    Queue(
        _("Exports"),
        Export,
        "next_attempt_at",
        jobs(_("Exports are late"), _("Exports were given up")),
    ),
)
