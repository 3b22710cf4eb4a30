"""What may be asked of the history of a balance, whose export asks the same, and of payments."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from billing.models import BalanceEntry, CardPayment, EntryKind
from billing.querysets import BalanceEntryQuerySet, CardPaymentQuerySet
from reseller_portal.filter_fields import choice_filter, day_filter
from reseller_portal.filtering import FilterForm, ListFilter, Range, Sort
from reseller_portal.presets import last_seven_days


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


OPEN, PAID, FAILED = "open", "paid", "failed"
OUTCOMES = [(PAID, _("Paid")), (FAILED, _("Not paid")), (OPEN, _("Not known yet"))]


class PaymentFilter(ListFilter):
    """The filters of the card payments: the last seven days, newest first, unless asked so."""

    date_from = day_filter(_("From"))
    date_to = day_filter(_("To"))
    outcome = choice_filter(_("Outcome"), OUTCOMES, method="with_outcome")

    sorts = {
        "-date": Sort(_("Newest first"), ("-created_at",)),
        "date": Sort(_("Oldest first"), ("created_at",)),
    }
    ranges = (Range("date_from", "date_to", _("Date"), "begun"),)
    row_fields = ("outcome",)

    class Meta:
        model = CardPayment
        fields: tuple[str, ...] = ()
        form = FilterForm

    def start(self) -> CardPaymentQuerySet:
        """Return the card payments of the person's own company."""
        return CardPayment.objects.for_reseller(self.reseller)

    def defaults(self) -> dict[str, str]:
        """Return the last seven days, in the reseller's zone."""
        return last_seven_days(self.today)

    def begun(
        self, payments: CardPaymentQuerySet, first: date | None, last: date | None
    ) -> CardPaymentQuerySet:
        """Keep the payments begun on these days."""
        return payments.begun_between(self.reseller, first, last)

    def with_outcome(
        self, payments: CardPaymentQuerySet, _name: str, word: str
    ) -> CardPaymentQuerySet:
        """Keep those that were paid, that failed, or that are not known yet."""
        if word == OPEN:
            return payments.open()
        return payments.failed() if word == FAILED else payments.filter(state="succeeded")
