"""What may be asked of the license keys of one order."""

from datetime import datetime
from typing import TYPE_CHECKING

from django import forms
from django.db.models import Case, F, Q, QuerySet, SmallIntegerField, When
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter

from licenses.codes import as_stored
from licenses.exports import auto_renew_column, code_column
from licenses.models import License
from licenses.querysets import LicenseQuerySet
from licenses.status import LicenseStatus
from reseller_portal.filtering import FilterForm, ListFilter, Sort
from reseller_portal.widgets import KeepingSelect

if TYPE_CHECKING:
    from resellers.models import User

# Columns of the table → what they sort by
COLUMNS = {
    "activation_code": "shown_code",
    "anchor_on": "anchor_on",
    "ends_on": "ends_on",
    "auto_renew": "renews",
    "recurrent": "recurrent",
    "status": "rank",
    "customer": "customer__company",
}
WAYS = [f"{sign}{name}" for name in COLUMNS for sign in ("", "-")]
SEARCH_LENGTH = 254


class LicenseKeyFilter(ListFilter):
    """The filters of one order's license keys: as bought, unless sorted otherwise."""

    search = CharFilter(
        label=_("Activation code or customer"),
        method="with_code_or_customer",
        max_length=SEARCH_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    status = ChoiceFilter(
        label=_("Status"),
        method="in_status",
        choices=LicenseStatus.choices,
        empty_label=_("Any"),
        widget=KeepingSelect,
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )

    link = ChoiceFilter(
        label=_("Link"),
        method="with_link",
        choices=[("unsent", _("Not sent yet")), ("sent", _("Sent"))],
        empty_label=_("Any"),
        widget=KeepingSelect,
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )

    sorts = {"": Sort(_("As bought"), ("pk",)), **{way: Sort(way, (way,)) for way in WAYS}}

    class Meta:
        model = License
        fields: tuple[str, ...] = ()
        form = FilterForm

    def __init__(self, data: QueryDict, *, user: "User", now: datetime, order_id: int) -> None:
        self.order_id = order_id
        super().__init__(data, user=user, now=now)
        if not user.may_see_codes:
            self.filters["search"].label = _("Customer")
        self.form.auto_id = f"id_keys{order_id}_%s"  # several tiles may be open

    def start(self) -> LicenseQuerySet:
        """Return the licenses of the order, with what the table sorts by."""
        licenses = License.objects.for_reseller(self.reseller).filter(order=self.order_id)
        return licenses.with_status(self.today).annotate(
            shown_code=code_column(see_codes=self.user.may_see_codes), renews=auto_renew_column()
        )

    def found_sorted(self) -> QuerySet[License]:
        """Return the rows that match, sorted; what has no value comes last, whichever way."""
        rows: QuerySet[License] = self.found()
        if not self.sort:
            return rows.order_by("pk")
        column = F(COLUMNS[self.sort.removeprefix("-")])
        backwards = self.sort.startswith("-")
        by = column.desc(nulls_last=True) if backwards else column.asc(nulls_last=True)
        return rows.annotate(rank=_rank()).order_by(by, "pk")

    def with_code_or_customer(
        self, licenses: LicenseQuerySet, _name: str, typed: str
    ) -> LicenseQuerySet:
        """Keep the licenses with this code, or of a customer called or reached so.

        Of a code the beginning is enough, or the end: it is what mails to customers show. A person
        who may not see codes cannot find out about them here.
        """
        wanted = Q(customer__company__icontains=typed) | Q(customer__email__icontains=typed)
        code = as_stored(typed)
        if self.user.may_see_codes and code:
            wanted |= Q(activation_code__startswith=code) | Q(activation_code__endswith=code)
        return licenses.filter(wanted)

    def with_link(self, licenses: LicenseQuerySet, _name: str, word: str) -> LicenseQuerySet:
        """Keep the licenses for resale whose link a customer was sent, or nobody yet."""
        return licenses.with_sent_link() if word == "sent" else licenses.without_sent_link()

    def in_status(self, licenses: LicenseQuerySet, _name: str, status: str) -> LicenseQuerySet:
        """Keep the licenses with a status."""
        return licenses.in_status(status, self.today)


def _rank() -> Case:
    steps = [When(status=word, then=at) for at, word in enumerate(LicenseStatus.values)]
    return Case(*steps, output_field=SmallIntegerField())
