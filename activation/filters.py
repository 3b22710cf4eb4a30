"""What may be asked of the customer activations; their export asks the same."""

from datetime import date, datetime

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter

from activation.models import Customer
from activation.querysets import CustomerQuerySet, sorted_name
from catalog.models import Product
from licenses.models import License
from licenses.querysets import LicenseQuerySet
from licenses.status import LicenseStatus
from reseller_portal.filter_fields import (
    day_filter,
    order_number_filter,
    row_filter,
)
from reseller_portal.filtering import FilterForm, ListFilter, Range, Sort
from reseller_portal.tile_lists import TileFilter
from reseller_portal.widgets import KeepingSelect
from resellers.models import User

NAME_LENGTH = 254
STATUSES = [choice for choice in LicenseStatus.choices if choice[0] != LicenseStatus.AVAILABLE]
CUSTOMER_INPUT = {"autocomplete": "off", "placeholder": _("Company or e-mail")}


class ActivationFilter(TileFilter):
    """The filters of “Customer Activations”: today's, unless asked for others."""

    date_from = day_filter(_("Activated from"))
    date_to = day_filter(_("Activated to"))
    customer = CharFilter(
        label=_("Customer"),
        method="of_customer",
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs=CUSTOMER_INPUT),
    )
    product = row_filter(_("Product"), key="slug")
    status = ChoiceFilter(
        label=_("Status"),
        method="in_status",
        choices=STATUSES,
        empty_label=_("Any"),
        widget=KeepingSelect,
    )
    order_number = order_number_filter(method="of_order")
    auto_renew = ChoiceFilter(
        label=_("Auto renew"),
        method="renewing",
        choices=[("true", _("True")), ("false", _("False"))],
        empty_label=_("Any"),
        widget=KeepingSelect,
    )
    expires_from = day_filter(_("To, from"))
    expires_to = day_filter(_("To, until"))

    sorts = {
        "-date": Sort(_("Newest first"), ("-activated_at",)),
        "date": Sort(_("Oldest first"), ("activated_at",)),
        "to": Sort(_("To, earliest first"), ("ends_on",)),
        "-to": Sort(_("To, latest first"), ("-ends_on",)),
        "customer": Sort(_("Customer"), (sorted_name("customer__"), "customer_id")),
        "product": Sort(_("Product"), ("product__name", "product_id")),
    }
    ranges = (
        Range("date_from", "date_to", _("Activated"), "activated"),
        Range("expires_from", "expires_to", _("To"), "ending"),
    )
    row_fields = ("customer", "product", "status")
    more_fields = ("order_number", "auto_renew")

    class Meta:
        model = License
        fields: tuple[str, ...] = ()
        form = FilterForm

    def __init__(self, data: QueryDict, *, user: User, now: datetime) -> None:
        super().__init__(data, user=user, now=now)
        self.offer(product=Product.objects.all())

    def start(self) -> LicenseQuerySet:
        """Return the activated licenses of the person's own company."""
        return License.objects.for_reseller(self.reseller).ever_activated()

    def found_sorted(self) -> QuerySet[License]:
        """Return the rows that match, in the chosen order."""
        rows: QuerySet[License] = super().found_sorted()
        if (
            self.sort == "customer"
        ):  # all have one of this company: read in the order of their names
            rows = rows.filter(customer__reseller=self.reseller)
        return rows

    def defaults(self) -> dict[str, str]:
        """Return today's dates, in the reseller's zone."""
        return {"date_from": self.today.isoformat(), "date_to": self.today.isoformat()}

    def activated(
        self, licenses: LicenseQuerySet, first: date | None, last: date | None
    ) -> LicenseQuerySet:
        """Keep those activated in these days."""
        return licenses.activated_between(self.reseller, first, last)

    def ending(
        self, licenses: LicenseQuerySet, first: date | None, last: date | None
    ) -> LicenseQuerySet:
        """Keep those whose To lies in these days."""
        return licenses.ending_between(first, last)

    def in_status(self, licenses: LicenseQuerySet, _name: str, status: str) -> LicenseQuerySet:
        """Keep those with a status."""
        return licenses.in_status(status, self.today)

    def renewing(self, licenses: LicenseQuerySet, _name: str, word: str) -> LicenseQuerySet:
        """Keep those that renew by themselves, or those that do not."""
        return licenses.filter(recurrent=word == "true")

    def of_order(self, licenses: LicenseQuerySet, _name: str, digits: str) -> LicenseQuerySet:
        """Keep those of the order with this number, or of the orders whose number begins so."""
        return licenses.filter(order__reseller=self.reseller, order__number__startswith=digits)

    def of_customer(self, licenses: LicenseQuerySet, _name: str, typed: str) -> LicenseQuerySet:
        """Keep those of customers whose company or e-mail is this, or begins so."""
        customers = Customer.objects.for_reseller(self.reseller).called(typed)
        return licenses.filter(customer__in=customers.order_by())


class CustomerFilter(ListFilter):
    """The filters of the customers: all, by company, unless asked otherwise."""

    search = CharFilter(
        label=_("Company or e-mail"),
        method="named",
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": _("All or beginning")}),
    )

    sorts = {
        "company": Sort(_("Company"), ("sorted_name",)),
        "-since": Sort(_("Newest first"), ("-pk",)),
    }

    class Meta:
        model = Customer
        fields: tuple[str, ...] = ()
        form = FilterForm

    def start(self) -> CustomerQuerySet:
        """Return the customers of the person's own company."""
        return Customer.objects.for_reseller(self.reseller).with_sorted_name()

    def named(self, customers: CustomerQuerySet, _name: str, typed: str) -> CustomerQuerySet:
        """Keep those whose company or e-mail is this, or begins so."""
        return customers.called(typed)
