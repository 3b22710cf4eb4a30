"""What may be asked of the record of who did what; its export asks the same."""

from datetime import date, datetime

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _g, gettext_lazy as _
from django_filters import CharFilter

from reseller_portal.filter_fields import choice_filter, day_filter
from reseller_portal.filtering import FilterForm, ListFilter, Range, Sort
from reseller_portal.presets import last_seven_days
from resellers.models import AuditEvent, User
from resellers.record import sentences, things

VENDOR, NOBODY = "vendor", "automatic"
Events = QuerySet[AuditEvent]


class ActivityFilter(ListFilter):
    """The filters of the record: the last seven days, newest first, unless asked otherwise."""

    date_from = day_filter(_("From"))
    date_to = day_filter(_("To"))
    person = choice_filter(_("Person"), [])
    thing = choice_filter(_("Kind of thing"), [])
    about = CharFilter(
        label=_("About"),
        field_name="about",
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": _("Order number")}),
    )

    sorts = {
        "-date": Sort(_("Newest first"), ("-at",)),
        "date": Sort(_("Oldest first"), ("at",)),
    }
    ranges = (Range("date_from", "date_to", _("Date"), "done_between"),)
    row_fields = ("person", "thing", "about")

    class Meta:
        model = AuditEvent
        fields: tuple[str, ...] = ()
        form = FilterForm

    def __init__(self, data: QueryDict, *, user: User, now: datetime) -> None:
        super().__init__(data, user=user, now=now)
        people = self.reseller.users.order_by("name", "pk").values_list("pk", "name")
        self.filters["person"].method = "done_by"
        self.filters["person"].extra["choices"] = [
            *((str(pk), name) for pk, name in people),
            (VENDOR, _g("Vendor staff")),
            (NOBODY, _g("Automatic, or a customer")),
        ]
        self.filters["thing"].method = "about_things"
        self.filters["thing"].extra["choices"] = sorted(things(), key=lambda pair: str(pair[1]))

    def start(self) -> Events:
        """Return the record of the person's own company."""
        return AuditEvent.objects.for_reseller(self.reseller)

    def defaults(self) -> dict[str, str]:
        """Return the last seven days, in the reseller's zone."""
        return last_seven_days(self.today)

    def done_between(self, events: Events, first: date | None, last: date | None) -> Events:
        """Keep what was done on these days."""
        bounds = Q()
        if first is not None:
            bounds &= Q(at__gte=self.reseller.day_begins(first))
        if last is not None:
            bounds &= Q(at__lt=self.reseller.day_ends(last))
        return events.filter(bounds)

    def done_by(self, events: Events, _name: str, who: str) -> Events:
        """Keep what one person did, or the vendor's staff, or nobody of the company."""
        if who == VENDOR:
            return events.filter(actor__is_staff=True)
        if who == NOBODY:
            return events.filter(actor=None)
        return events.filter(actor=int(who)) if who else events

    def about_things(self, events: Events, _name: str, noun: str) -> Events:
        """Keep what was done to things of a kind."""
        verbs = [one.verb for one in sentences() if one.verb.partition(".")[0] == noun]
        return events.filter(verb__in=verbs) if noun else events
