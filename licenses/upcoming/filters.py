"""What may be asked of the list of renewals; its file asks the same."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _, ngettext
from django_filters import CharFilter

from catalog.models import Product
from licenses.models import License
from licenses.querysets import LicenseQuerySet
from licenses.upcoming.charges import forecast
from licenses.upcoming.due import ending, renewing
from licenses.upcoming.forecast import Forecast
from licenses.upcoming.prices import NO_PRICE, todays_price
from licenses.upcoming.sources import PaidBy, Standing, paid_by_column, standing_column
from reseller_portal.filter_fields import (
    choice_filter,
    day_filter,
    order_number_filter,
    row_filter,
)
from reseller_portal.filtering import BESIDE_THE_COUNT, FilterForm, ListFilter, Range, Sort

if TYPE_CHECKING:
    from datetime import datetime

    from resellers.models import User

WINDOWS = (30, 60, 90)
RENEWING, ENDING = "renewing", "ending"
ABOUT_CHARGES = ("paid_by", "state")
SEARCH_LENGTH = 254


def hidden_choice(label: Any, values: Iterable[object]) -> forms.ChoiceField:
    """Return a field for what is chosen by links."""
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[(str(value), str(value)) for value in values],
        widget=forms.HiddenInput,
    )


class UpcomingForm(FilterForm):
    """What the page looks at: how many days ahead, what renews or what ends without renewal."""

    days = hidden_choice(_("Days ahead"), WINDOWS)
    show = hidden_choice(_("Show"), (RENEWING, ENDING))

    def clean(self) -> dict[str, Any]:
        """Refuse to ask how a license is paid that does not renew."""
        cleaned = super().clean()
        for name in ABOUT_CHARGES:
            if cleaned.get(name) and cleaned.get("show") == ENDING:
                said = _("Only licenses that renew are charged. Leave it empty here.")
                self.add_error(name, ValidationError(said, code="never_charged"))
        return cleaned


class UpcomingFilter(ListFilter):
    """The filters of the list: what renews in the next 30 days, unless asked otherwise.

    `date_from` and `date_to` bound the next charge, or To where there is none.
    """

    date_from = day_filter(_("From"))
    date_to = day_filter(_("To"))
    order_number = order_number_filter(field_name="order__number")
    product = row_filter(_("Product"), key="slug")
    customer = CharFilter(
        label=_("Customer"),
        method="of_customer",
        max_length=SEARCH_LENGTH,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "placeholder": _("Part of name or e-mail")}
        ),
    )
    paid_by = choice_filter(_("Will be paid by"), PaidBy.choices, method="paid_from")
    state = choice_filter(_("State"), Standing.choices, method="standing_so")

    sorts = {
        "day": Sort(_("Next charge first"), ("day", "ends_on")),
        "-day": Sort(_("Last charge first"), ("-day", "-ends_on")),
        "to": Sort(_("To"), ("ends_on",)),
        "-amount": Sort(_("Highest amount"), ("-amount",)),
        "amount": Sort(_("Lowest amount"), ("amount",)),
        "product": Sort(_("Product"), ("product__name", "day")),
        "number": Sort(_("Order number"), ("order__number", "day")),
        "customer": Sort(_("Customer"), ("customer__company", "day")),
    }
    ranges = (Range("date_from", "date_to", _("Day"), "on_days"),)

    class Meta:
        model = License
        fields: tuple[str, ...] = ()
        form = UpcomingForm

    def __init__(self, data: QueryDict, *, user: "User", now: "datetime") -> None:
        super().__init__(data, user=user, now=now)
        self.offer(product=Product.objects.all())
        self.form.fields["page_size"].widget.attrs |= BESIDE_THE_COUNT

    def start(self) -> LicenseQuerySet:
        """Return the licenses that renew in the shortest time; `filter_queryset` looks again."""
        last = self.today + timedelta(days=WINDOWS[0])
        return renewing(self.reseller, self.today, last, NO_PRICE)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Look as far ahead as was asked, at what was asked, and apply every filter."""
        return super().filter_queryset(self.rows())

    @property
    def window(self) -> int:
        """Return how many days the page looks ahead."""
        return int(self._cleaned("days") or WINDOWS[0])

    @property
    def last(self) -> date:
        """Return the last day that the page looks at."""
        return self.today + timedelta(days=self.window)

    @property
    def shows_ending(self) -> bool:
        """Say whether the rows are those that end without renewal."""
        return self._cleaned("show") == ENDING

    @cached_property
    def price(self) -> Any:
        """Return today's price of a license, as an expression."""
        return todays_price(self.reseller.currency, self.today)

    @cached_property
    def forecast(self) -> Forecast:
        """Return every charge of the time ahead against the account, whatever else is filtered."""
        due = self.renewing(self.window)
        return forecast(self.reseller.account, due, self.today, self.last)

    def rows(self) -> LicenseQuerySet:
        """Return what the list looks at, before any filter narrows it."""
        if self.shows_ending:
            return ending(self.reseller, self.today, self.last, self.price)
        return self.renewing(self.window)

    def renewing(self, days: int) -> LicenseQuerySet:
        """Return the company's licenses that renew in so many days."""
        last = self.today + timedelta(days=days)
        return renewing(self.reseller, self.today, last, self.price)

    def on_days(
        self, licenses: QuerySet[Any], first: date | None, last: date | None
    ) -> QuerySet[Any]:
        """Keep the licenses whose day lies between these."""
        if first is not None:
            licenses = licenses.filter(day__gte=first)
        return licenses if last is None else licenses.filter(day__lte=last)

    def of_customer(self, licenses: LicenseQuerySet, _name: str, typed: str) -> LicenseQuerySet:
        """Keep the licenses of a customer called or reached so."""
        wanted = Q(customer__company__icontains=typed) | Q(customer__email__icontains=typed)
        return licenses.filter(wanted)

    def paid_from(self, licenses: LicenseQuerySet, _name: str, source: str) -> LicenseQuerySet:
        """Keep the licenses whose next charge is paid so."""
        return licenses.alias(source=paid_by_column(self.forecast)).filter(source=source)

    def standing_so(self, licenses: LicenseQuerySet, _name: str, word: str) -> LicenseQuerySet:
        """Keep the licenses whose renewal is so far."""
        return licenses.alias(standing=standing_column()).filter(standing=word)

    def _kept(self) -> dict[str, str]:
        days = "" if self.window == WINDOWS[0] else str(self.window)
        show = ENDING if self.shows_ending else ""
        return {"days": days, "show": show, **super()._kept()}

    def view_fields(self) -> list[tuple[str, str]]:
        """Return what a search keeps of the view."""
        kept = self._kept()
        return [(name, kept[name]) for name in ("days", "show") if kept[name]]

    def query_of(self, first: date, last: date) -> str:
        """Return the query of the rows of some days."""
        days = {"date_from": first.isoformat(), "date_to": last.isoformat()}
        return self.query(without=["show"], **days)

    def fields_of_query(self) -> list[tuple[str, str]]:
        """Return the list's own address as the fields of a form."""
        return parse_qsl(self.query())

    def ahead_in_words(self) -> str:
        """Return how far the page looks: `the next 30 days`."""
        said = ngettext("the next %(days)d day", "the next %(days)d days", self.window)
        return said % {"days": self.window}
