"""Products and prices, for vendor staff."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _g, gettext_lazy as _

import catalog.staff_panels  # noqa: F401 (shows its panels)
from catalog.actions import replace_price
from catalog.forms import PriceForm, ProductForm, Replacement
from catalog.models import Price, Product
from catalog.terms import term_in_words
from catalog.validity import Validity, last_day, validity
from reseller_portal.display import day_text, money_text
from resellers.models import User
from resellers.staff.buttons import Button, Done, offered_on
from resellers.staff.columns import EMPTY, day, moment, money
from resellers.staff.filters import whether
from resellers.staff.pages import StaffAdmin


@admin.register(Product)
class ProductAdmin(StaffAdmin):
    """What is sold: entered and retired, never deleted. The short name stands in addresses."""

    may_add = may_change = True
    form = ProductForm
    list_display = (
        "name",
        "slug",
        "family",
        "grace_days",
        "terms_version",
        moment("retired_at", _("retired")),
    )
    list_filter = (
        whether("retired_at", _("sale"), _("Retired"), _("On sale")),
        "family",
    )
    search_fields = ("name", "slug")
    ordering = ("name",)
    fields = ("name", "slug", "family", "grace_days", "terms_text", "terms_version", "retired_at")

    def get_readonly_fields(self, _request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep the short name of a product that exists."""
        return () if obj is None else ("slug",)

    def get_prepopulated_fields(self, _request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """Suggest a short name for a new product."""
        return {"slug": ("name",)} if obj is None else {}


class ValidityFilter(admin.SimpleListFilter):
    """Keeps the prices that hold today, will hold, or held."""

    title = _("validity")
    parameter_name = "validity"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """Offer the three."""
        return list(Validity.choices)

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep them."""
        today = timezone.now().date()
        begun, followed = Q(valid_from__lte=today), Q(followed_on__lte=today)
        kept = {
            Validity.APPLIES: begun & ~followed | begun & Q(followed_on=None),
            Validity.TO_COME: ~begun,
            Validity.OVER: followed,
        }
        value = self.value()
        return queryset.filter(kept[Validity(value)]) if value in Validity.values else queryset


@admin.register(Price)
class PriceAdmin(StaffAdmin):
    """Prices, each from a date on. One that has begun stays as it is; a newer one replaces it."""

    may_add = may_change = may_delete = True
    form = PriceForm
    list_display = (
        "product",
        "term",
        "minimum_quantity",
        money("amount", _("amount per license")),
        day("valid_from", _("valid from")),
        "until",
        "holds",
    )
    list_filter = (ValidityFilter, "product", "currency", "term_months")
    list_select_related = ("product",)
    search_fields = ("product__name",)
    ordering = ("product__name", "term_months", "currency", "minimum_quantity", "-valid_from")
    fields = ("product", "term_months", "currency", "minimum_quantity", "amount", "valid_from")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Add the day on which each is followed by another."""
        prices: Any = super().get_queryset(request)
        with_end: QuerySet[Any] = prices.with_end()
        return with_end

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let staff change prices that have begun nowhere yet."""
        return super().has_change_permission(request, obj) and is_to_come(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let staff delete prices that have begun nowhere yet."""
        return super().has_delete_permission(request, obj) and is_to_come(obj)

    @admin.display(description=_("term"))
    def term(self, price: Price) -> str:
        """Return the term in words."""
        return term_in_words(price.term_months)

    @admin.display(description=_("until"))
    def until(self, price: Any) -> str:
        """Return its last day, if another price follows."""
        last = last_day(price.followed_on)
        return EMPTY if last is None else day_text(last)

    @admin.display(description=_("validity"))
    def holds(self, price: Any) -> Any:
        """Return whether it holds today."""
        return validity(price.valid_from, price.followed_on, timezone.now().date()).label


@offered_on(Price)
class Replace(Button):
    """Lets another price follow from a day on."""

    slug, label, verb = "replace", _("Replace from a day on"), _("Replace it")
    form = Replacement
    main = True

    @classmethod
    def why_not(cls, obj: Any, now: datetime) -> str | None:
        """Say that another one has replaced it."""
        if validity(obj.valid_from, obj.followed_on, now.date()) != Validity.OVER:
            return None
        said = _g("Another price holds since %(day)s. Replace that one, on the product's page.")
        return said % {"day": day_text(obj.followed_on)}

    @classmethod
    def explain(cls, obj: Price, _now: datetime) -> list[Any]:
        """Say what stays."""
        said = _g(
            "%(product)s for %(term)s, from quantity %(quantity)d on, costs %(amount)s from "
            "%(day)s on. That price stays for what was sold by it, and ends the day before the "
            "new one begins."
        )
        return [
            said
            % {
                "product": obj.product,
                "term": term_in_words(obj.term_months),
                "quantity": obj.minimum_quantity,
                "amount": money_text(obj.amount, obj.currency),
                "day": day_text(obj.valid_from),
            }
        ]

    @classmethod
    def asks(cls, obj: Price, data: Any) -> forms.Form:
        """Begin with the amount of today."""
        return cls.form(data, initial={"amount": obj.amount})

    @classmethod
    def press(cls, obj: Price, values: Any, *, actor: User, now: datetime) -> Done:
        """Replace it, and show the product with all of its prices."""
        new = replace_price(obj.pk, **values, actor=actor)
        said = _g("From %(day)s on it costs %(amount)s.") % {
            "day": day_text(new.valid_from),
            "amount": money_text(new.amount, new.currency),
        }
        return Done(said, reverse("admin:catalog_product_change", args=[new.product_id]))


def is_to_come(price: Price | None, today: date | None = None) -> bool:
    """Say whether a price has begun nowhere yet; in UTC+14 a day begins 14 hours early."""
    if price is None:
        return True
    return (price.valid_from - (today or timezone.now().date())).days > 1
