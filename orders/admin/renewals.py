"""Renewals and the tries at them, for vendor staff: why one failed."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.html import format_html_join
from django.utils.translation import gettext as _g, gettext_lazy as _

from licenses.models import License, Renewal, RenewalAttempt, RenewalState
from licenses.renewing.again import try_today, why_not_today
from orders.admin.finding import FoundByCode, licenses_for
from reseller_portal.display import day_text
from resellers.models import User
from resellers.staff.buttons import Button, Done, offered_on
from resellers.staff.columns import EMPTY, day, moment, money, related
from resellers.staff.filters import LateFilter, ResellerFilter
from resellers.staff.finding import first_keys, resellers_named
from resellers.staff.work import Pile, Queue, in_state, queue

LICENSE, ORDER = related("license", _("license")), related("license.order", _("order"))
RESELLER, ACTOR = related("reseller", _("reseller")), related("actor", _("actor"))
NEXT, SETTLED = day("next_attempt_on", _("next attempt")), moment("settled_at", _("settled at"))
RENEWAL, AT = related("renewal", _("renewal")), moment("at", _("at"))
AMOUNT = money("amount", _("amount"), currency="license.order.currency")
TRIED = money("amount", _("amount"), currency="renewal.license.order.currency")
HELP = _(
    "A whole activation code, or an order number, a customer's e-mail or a reseller's name: "
    "whole, or its beginning."
)


def licenses_found(term: str) -> list[int]:
    """Return the keys of the licenses that staff mean."""
    return first_keys(License.objects.filter(licenses_for(term)))


@admin.register(Renewal)
class RenewalAdmin(FoundByCode):
    """Periods that are to be paid, each with the tries at it."""

    list_display = ("__str__", ORDER, RESELLER, "state", "source", AMOUNT, NEXT, SETTLED)
    list_filter = ("state", LateFilter, "source", ResellerFilter)
    list_select_related = ("reseller", "license__order")
    search_fields = ("license__uuid",)
    search_help_text = HELP
    fields = (
        *(LICENSE, ORDER, RESELLER, "number", "state", "source", AMOUNT),
        *(NEXT, moment("created_at", _("created at")), SETTLED, ACTOR, "tries"),
    )
    readonly_fields = fields

    def find(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Find by the license: its code, order, customer or company."""
        companies = resellers_named(term)
        if companies:
            return rows.filter(reseller__in=companies)
        return rows.filter(license__in=licenses_found(term))

    def about(self, obj: Any) -> str:
        """Return by what name audit events know its license."""
        return str(obj.license.uuid)

    @admin.display(description=_("attempts"))
    def tries(self, renewal: Renewal) -> str:
        """Return each try with what came of it, and why; newest first."""
        attempts = RenewalAttempt.objects.for_reseller(renewal.reseller).filter(renewal=renewal)
        rows = [
            (day_text(one.on), one.get_source_display(), one.get_outcome_display(), one.reason)
            for one in attempts
        ]
        return format_html_join("", "<div>{}: {}, {}. {}</div>", rows) or EMPTY


@offered_on(Renewal)
class TryToday(Button):
    """Has the engine try a renewal that waits for tomorrow."""

    slug, label, verb = "try-today", _("Try again now"), _("Try it again")
    main = True

    @classmethod
    def why_not(cls, obj: Renewal, now: datetime) -> str | None:
        """Say why there is nothing to try."""
        return why_not_today(obj, obj.reseller.day_of(now))

    @classmethod
    def explain(cls, obj: Renewal, _now: datetime) -> list[Any]:
        """Say what will happen, and that nothing is paid twice."""
        return [
            _g(
                "The engine's next pass tries the renewal of %(license)s, of %(reseller)s: from "
                "the balance, else from the default card. A period is paid once."
            )
            % {"license": obj.license, "reseller": obj.reseller}
        ]

    @classmethod
    def press(cls, obj: Renewal, _values: Any, *, actor: User, now: datetime) -> Done:
        """Bring it forward."""
        try_today(obj.pk, actor=actor, now=now)
        return Done(_g("The engine tries it now. Load this page again in a moment."))


queue(
    50,
    Queue(
        _("Renewals"),
        Renewal,
        "created_at",
        (
            Pile(
                _("Waiting for their next attempt"),
                {"state__exact": "waiting"},
                in_state(RenewalState.WAITING),
                since="next_attempt_on",
            ),
            Pile(
                _("Checking payment"), {"state__exact": "checking"}, in_state(RenewalState.CHECKING)
            ),
            Pile(
                _("Late"),
                {"late": "yes"},
                lambda rows, now: rows.late(now),
                _("Renewals are late"),
                _("their day is over, and nobody tried them: look at the workers"),
                since="next_attempt_on",
            ),
        ),
    ),
)


@admin.register(RenewalAttempt)
class RenewalAttemptAdmin(FoundByCode):
    """Tries at renewals: written by the engine, or by a person's Renew."""

    list_display = (RENEWAL, RESELLER, day("on", _("day")), "source", "outcome", "reason")
    list_display_links = ("outcome",)
    list_filter = ("outcome", "source", ResellerFilter)
    list_select_related = ("reseller", "renewal__license")
    search_fields = ("renewal__license__uuid",)
    search_help_text = HELP
    fields = (
        *(RENEWAL, RESELLER, day("on", _("day")), AT, "source", "outcome"),
        *(TRIED, "reason", ACTOR),
    )
    readonly_fields = fields

    def find(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Find by the license: its code, order, customer or company."""
        companies = resellers_named(term)
        if companies:
            return rows.filter(reseller__in=companies)
        return rows.filter(renewal__license__in=licenses_found(term))

    def about(self, obj: Any) -> str:
        """Return by what name audit events know the license."""
        return str(obj.renewal.license.uuid)
