"""What may be asked of the list of orders; its exports ask the same."""

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter

from catalog.models import Product
from orders.models import Order, OrderState, PaymentType
from orders.querysets import OrderQuerySet
from reseller_portal.filter_fields import (
    choice_filter,
    day_filter,
    order_number_filter,
    row_filter,
)
from reseller_portal.filtering import FilterForm, Range, Sort
from reseller_portal.tile_lists import TileFilter
from reseller_portal.widgets import Checkbox
from resellers.models import DistributionCompany, User

EMAIL_LENGTH = 254
REFERENCE_LENGTH = 100


class OrderFilter(TileFilter):
    """The filters of “Licenses Purchased”: today's orders, unless asked for others."""

    date_from = day_filter(_("From"))
    date_to = day_filter(_("To"))
    order_number = order_number_filter(field_name="number")
    product = row_filter(_("Product"), key="slug")
    state = choice_filter(_("State"), OrderState.choices)
    search = CharFilter(
        method="with_code_or_email",
        max_length=EMAIL_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": _("All or beginning")}),
    )
    reference = CharFilter(
        label=_("Own reference"),
        method="with_own_reference",
        max_length=REFERENCE_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": _("All or beginning")}),
    )
    payment_type = choice_filter(_("Payment type"), PaymentType.choices)
    distribution_company = row_filter(_("Distribution company"))
    user = row_filter(_("User"))
    activated_from = day_filter(_("Activated from"))
    activated_to = day_filter(_("Activated to"))
    expires_from = day_filter(_("Expires from"))
    expires_to = day_filter(_("Expires to"))
    available = ChoiceFilter(
        label=_("Has licenses available"),
        method="with_available",
        choices=[("true", _("yes"))],
        widget=Checkbox,
        error_messages={"invalid_choice": _("Give “true”, or leave it out.")},
    )

    sorts = {
        "-date": Sort(_("Newest first"), ("-placed_at",)),
        "date": Sort(_("Oldest first"), ("placed_at",)),
        "number": Sort(_("Order number"), ("number",)),
        "product": Sort(_("Product"), ("product__name", "product_id")),
        "-amount": Sort(_("Highest amount"), ("-amount",)),
        "amount": Sort(_("Lowest amount"), ("amount",)),
        "-quantity": Sort(_("Most licenses"), ("-quantity",)),
        "-available": Sort(_("Most available"), ("-available",)),
    }
    ranges = (
        Range("date_from", "date_to", _("Purchased"), "placed"),
        Range("activated_from", "activated_to", _("Activated"), "activated"),
        Range("expires_from", "expires_to", _("Expires"), "expiring"),
    )
    far = ("search", "activated_from", "activated_to", "expires_from", "expires_to")
    row_fields = ("order_number", "product", "state")
    more_fields = (
        "search",
        "reference",
        "payment_type",
        "distribution_company",
        "user",
        "available",
    )

    class Meta:
        model = Order
        fields: tuple[str, ...] = ()
        form = FilterForm

    def __init__(self, data: QueryDict, *, user: User, now: Any) -> None:
        super().__init__(data, user=user, now=now)
        self.offer(
            product=Product.objects.all(),
            distribution_company=DistributionCompany.objects.for_reseller(self.reseller),
            user=self.reseller.users.all(),
        )
        self.filters["search"].label = self.search_label()

    def start(self) -> OrderQuerySet:
        """Return the orders of the person's own company."""
        return Order.objects.for_reseller(self.reseller)

    def defaults(self) -> dict[str, str]:
        """Return today's dates, in the reseller's zone."""
        return {"date_from": self.today.isoformat(), "date_to": self.today.isoformat()}

    def search_label(self) -> Any:
        """Return what the search looks at, for this person."""
        if self.user.may_see_codes:
            return _("Activation code or e-mail")
        return _("Customer e-mail")

    def placed(self, orders: OrderQuerySet, first: date | None, last: date | None) -> OrderQuerySet:
        """Keep the orders bought in these days."""
        return orders.placed_between(self.reseller, first, last)

    def activated(
        self, orders: OrderQuerySet, first: date | None, last: date | None
    ) -> OrderQuerySet:
        """Keep the orders that hold a license activated in these days."""
        return orders.holding_activated(self.reseller, first, last)

    def expiring(
        self, orders: OrderQuerySet, first: date | None, last: date | None
    ) -> OrderQuerySet:
        """Keep the orders that hold a license in use whose To lies in these days."""
        return orders.holding_ending(self.reseller, first, last)

    def with_available(self, orders: OrderQuerySet, _name: str, _yes: str) -> OrderQuerySet:
        """Keep the orders that have licenses for resale."""
        return orders.with_available()

    def with_own_reference(self, orders: OrderQuerySet, _name: str, typed: str) -> OrderQuerySet:
        """Keep the orders whose own reference is this, or begins so."""
        return orders.referred_to(typed)

    def with_code_or_email(self, orders: OrderQuerySet, _name: str, typed: str) -> OrderQuerySet:
        """Keep the orders with this activation code or customer e-mail, or one that begins so.

        A person who may not see codes cannot find out about them here.
        """
        see_codes = self.user.may_see_codes
        return orders.holding_code_or_email(self.reseller, typed, see_codes=see_codes)
