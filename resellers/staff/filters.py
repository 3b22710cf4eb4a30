"""Filters of staff's lists that do not list every row of another table."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from resellers.models import Reseller

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

MOST = 100


class ResellerFilter(admin.SimpleListFilter):
    """Keeps the rows of the resellers whose name begins with what is typed."""

    title = _("reseller")
    parameter_name = "of"
    template = "admin/filter_by_text.html"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        """Offer no choices: there may be thousands."""
        return []

    def has_output(self) -> bool:
        """Show the field all the same."""
        return True

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Return what the template needs: the other filters, to be kept, and what was typed."""
        others = changelist.get_filters_params(changelist.params)
        kept = [(name, value) for name, value in others.items() if name != self.parameter_name]
        yield {
            "kept": kept,
            "name": self.parameter_name,
            "value": self.value() or "",
            "query": changelist.query,
            "clear": changelist.get_query_string(remove=[self.parameter_name]),
        }

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep their rows; the resellers are looked up first, so that an index serves the rest."""
        typed = (self.value() or "").strip()
        if not typed:
            return queryset
        named = Reseller.objects.filter(name__istartswith=typed).order_by("name")
        return queryset.filter(reseller__in=list(named.values_list("pk", flat=True)[:MOST]))


def whether(
    field: str, label: "_StrOrPromise", yes: "_StrOrPromise", no: "_StrOrPromise"
) -> type[admin.SimpleListFilter]:
    """Return a filter that keeps the rows where something has happened, or where it has not."""

    class Whether(admin.SimpleListFilter):
        title = label
        parameter_name = field

        def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
            return [("yes", yes), ("no", no)]

        def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            if self.value() not in {"yes", "no"}:
                return queryset
            return queryset.filter(**{f"{field}__isnull": self.value() == "no"})

    return Whether


class LateFilter(admin.SimpleListFilter):
    """Keeps what has been due for longer than any sweep explains."""

    title = _("late")
    parameter_name = "late"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """Offer the one choice."""
        return [("yes", _("Late"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep it."""
        late: Any = queryset
        return late.late(timezone.now()) if self.value() == "yes" else queryset


class GivenUpFilter(admin.SimpleListFilter):
    """Keeps the jobs that only a person will start again."""

    title = _("given up")
    parameter_name = "given_up"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """Offer the one choice."""
        return [("yes", _("Failed or stuck"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep them."""
        return queryset.given_up() if self.value() == "yes" else queryset  # type: ignore[attr-defined]
