"""Bulk changes, for vendor staff."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext as _g, gettext_lazy as _

from licenses.bulk.actions import retry
from licenses.models import BulkChange
from resellers.staff.asked_for import AskedFor
from resellers.staff.buttons import offered_on
from resellers.staff.columns import choice, moment, related, text
from resellers.staff.filters import GivenUpFilter, LateFilter, ResellerFilter
from resellers.staff.pages import StaffAdmin
from resellers.staff.retrying import RetryAll, RetryOne
from resellers.staff.work import Queue, jobs, queue

VERB = choice("verb", _("change"))
ASKED = moment("asked_at", _("asked for"))


@admin.register(BulkChange)
class BulkChangeAdmin(AskedFor, StaffAdmin):
    """Jobs that change many licenses, and why one of them is stuck."""

    list_display = (
        ASKED,
        VERB,
        related("by", _("by")),
        related("reseller", _("reseller")),
        "state",
        "done",
        "total",
        "reason",
    )
    list_display_links = (VERB,)
    list_filter = (GivenUpFilter, LateFilter, "state", "verb", ResellerFilter)
    fields = (
        text("uuid", _("UUID")),
        VERB,
        "chosen_from",
        "is_all",
        "by",
        "reseller",
        "state",
        "reason",
        "attempts",
        "amount",
        "done",
        "total",
        ASKED,
        moment("finished_at", _("finished")),
    )
    readonly_fields = fields


@offered_on(BulkChange)
class RetryBulkChange(RetryOne):
    """Lets a bulk change that was given up go on."""

    retry = staticmethod(retry)
    refusal = _("Only a failed or stuck bulk change can be tried again.")
    queued = _("The bulk change is queued again.")

    @classmethod
    def explain(cls, obj: BulkChange, _now: datetime) -> list[Any]:
        """Say what will happen."""
        return [
            _g(
                "It goes on with the licenses that nothing was done with yet; the role of %(name)s "
                "is looked at again."
            )
            % {"name": obj.by.name}
        ]


@offered_on(BulkChange)
class RetryBulkChanges(RetryAll):
    """Lets all bulk changes that were given up go on."""

    model, retry = BulkChange, staticmethod(retry)


queue(
    75,
    Queue(
        _("Bulk changes"),
        BulkChange,
        "next_attempt_at",
        jobs(_("Bulk changes are late"), _("Bulk changes were given up")),
    ),
)
