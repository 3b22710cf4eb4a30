"""Products and prices, for vendor staff."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.forms import PriceForm, ProductForm
from catalog.models import Price, Product
from resellers.staff.columns import day, moment, money, related
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
    list_filter = (("retired_at", admin.EmptyFieldListFilter), "family")
    search_fields = ("name", "slug")
    ordering = ("name",)
    fields = ("name", "slug", "family", "grace_days", "terms_text", "terms_version", "retired_at")

    def get_readonly_fields(self, _request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep the short name of a product that exists."""
        return () if obj is None else ("slug",)

    def get_prepopulated_fields(self, _request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """Suggest a short name for a new product."""
        return {"slug": ("name",)} if obj is None else {}


@admin.register(Price)
class PriceAdmin(StaffAdmin):
    """Prices, each from a date on. One that has begun stays as it is; a newer one replaces it."""

    may_add = may_change = may_delete = True
    form = PriceForm
    list_display = (
        "__str__",
        related("product", _("product")),
        "term_months",
        "minimum_quantity",
        money("amount", _("amount per license")),
        day("valid_from", _("valid from")),
    )
    list_filter = ("product", "currency", "term_months")
    list_select_related = ("product",)
    search_fields = ("product__name",)
    ordering = ("product", "term_months", "currency", "minimum_quantity", "-valid_from")
    fields = ("product", "term_months", "currency", "minimum_quantity", "amount", "valid_from")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let staff change prices that have begun nowhere yet."""
        return super().has_change_permission(request, obj) and is_to_come(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let staff delete prices that have begun nowhere yet."""
        return super().has_delete_permission(request, obj) and is_to_come(obj)


def is_to_come(price: Price | None, today: date | None = None) -> bool:
    """Say whether a price has begun nowhere yet; in UTC+14 a day begins 14 hours early."""
    if price is None:
        return True
    return (price.valid_from - (today or timezone.now().date())).days > 1
