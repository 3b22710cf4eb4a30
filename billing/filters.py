"""What may be asked of the history of a balance; its export asks the same."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from billing.models import BalanceEntry, EntryKind
from billing.querysets import BalanceEntryQuerySet
from reseller_portal.filter_fields import choice_filter, day_filter
from reseller_portal.filtering import FilterForm, ListFilter, Range, Sort


class BalanceFilter(ListFilter):
    """The filters of the balance: everything, newest first, unless asked otherwise."""

    date_from = day_filter(_("From"))
    date_to = day_filter(_("To"))
    kind = choice_filter(_("Kind"), EntryKind.choices)

    sorts = {
        "-number": Sort(_("Newest first"), ("-sequence",)),
        "number": Sort(_("Oldest first"), ("sequence",)),
    }
    ranges = (Range("date_from", "date_to", _("Date"), "posted"),)

    class Meta:
        model = BalanceEntry
        fields: tuple[str, ...] = ()
        form = FilterForm

    def start(self) -> BalanceEntryQuerySet:
        """Return the entries of the person's own company."""
        return BalanceEntry.objects.for_reseller(self.reseller)

    def posted(
        self, entries: BalanceEntryQuerySet, first: date | None, last: date | None
    ) -> BalanceEntryQuerySet:
        """Keep the entries of these days."""
        return entries.posted_between(self.reseller, first, last)

    def days(self) -> tuple[date | None, date | None]:
        """Return the bounds that were given, and are right."""
        given = self.form.cleaned_data if self.is_valid() else {}
        return given.get("date_from"), given.get("date_to")
