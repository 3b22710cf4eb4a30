"""What every list and every page of the admin site has in common."""

import re
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ERROR_FLAG
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from reseller_portal.name_fields import NameField
from resellers.models import Reseller
from resellers.staff.buttons import buttons_of, list_buttons_of
from resellers.staff.lookups import PARTS_OF_A_LIST, lookups_of
from resellers.staff.panels import panels_of
from resellers.staff.presses import button_paths
from resellers.staff.widgets import Choice
from resellers.steps import record

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


KEY = re.compile(r"[0-9]{1,18}", re.ASCII)


class CountedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts exactly up to a limit, so that a list of millions opens as quickly as a short one."""

    LIMIT = 10_000

    @property
    def is_more(self) -> bool:
        """Say whether there are more rows than were counted."""
        return self._found > self.LIMIT

    @property
    def count(self) -> int:
        """Return the number of rows that can be paged through."""
        return min(self._found, self.LIMIT)

    @property
    def _found(self) -> int:
        found: int | None = self.__dict__.get("found")
        if found is None:
            listed: Any = self.object_list
            rows = listed.order_by().values("pk")
            found = self.__dict__["found"] = rows[: self.LIMIT + 1].count()
        return found


class OpenToStaff:
    """Vendor staff may all do the same: what that is, the page says, not a table of permissions."""

    may_add = may_change = may_delete = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Let every member of the vendor's staff in."""
        return is_staff(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let every member of the vendor's staff look."""
        return is_staff(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether rows are added by hand here."""
        return self.may_add and is_staff(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether a row is changed by hand here."""
        return self.may_change and is_staff(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether a row is deleted by hand here."""
        return self.may_delete and is_staff(request)


class StaffAdmin(OpenToStaff, ModelAdmin):
    """A list and its pages: to look at, unless a class says otherwise, with buttons that act.

    `find` narrows the list to what staff typed; where it does not, Django's `search_fields` do. A
    list is ordered by its key, newest first, and by nothing else: sorting millions of rows by any
    column would take an index for each. Besides its filters only `linked_by` narrows it: what links
    of other pages say.
    """

    paginator = CountedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 0
    linked_by: ClassVar[frozenset[str]] = frozenset({"reseller__id__exact"})
    ordering: ClassVar[Any] = ("-pk",)
    sortable_by: ClassVar[Any] = ()
    fields: ClassVar[Any] = None
    readonly_fields: ClassVar[Any] = ()

    def find(self, rows: QuerySet[Any], term: str) -> QuerySet[Any] | None:
        """Keep what staff look for, by an index: for tables with too many rows for Django's way."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find by `find`; text that no row can hold finds nothing."""
        term = search_term.strip()
        if "\0" in term:
            return queryset.none(), False
        found = self.find(queryset, term) if term else queryset
        if found is None:
            return super().get_search_results(request, queryset, term)
        return found, False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Allow what filters and links say; Django would let one guess any field bit by bit."""
        return lookup in self.linked_by | lookups_of(self.list_filter)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list; a filter that is none, or no row can match, leads to the whole list."""
        if not self._can_narrow(request):
            messages.warning(request, _("The list cannot be narrowed in this way. It is whole."))
            return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")
        buttons = [button.link(self.model) for button in list_buttons_of(self.model)]
        context = {"buttons": buttons, "title": capfirst(str(self.opts.verbose_name_plural))}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def _can_narrow(self, request: HttpRequest) -> bool:
        given = [(name, value) for name, values in request.GET.lists() for value in values]
        return all(
            name in PARTS_OF_A_LIST or self.lookup_allowed(name, value, request)
            for name, value in given
        ) and not any("\0" in value for _name, value in given)

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Act on the rows that were ticked; Django would break at what is no row's key."""
        ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if all(KEY.fullmatch(key) for key in ticked):
            return super().response_action(request, queryset, *args, **kwargs)
        messages.warning(request, _("Tick rows of this list. Nothing was done."))
        return HttpResponseRedirect(request.get_full_path())

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the page with its buttons; one that is not possible now says why."""
        obj = kwargs.get("obj")
        links = [(button.shy, button.link_for(obj)) for button in buttons_of(self.model) if obj]
        context["buttons"] = [link for shy, link in links if not (shy and link.reason)]
        context["panels"] = panels_of(obj, timezone.now()) if obj else []
        return super().render_change_form(request, context, *args, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Name both parts of a moment for those who do not see that they belong together.

        A name is held to the rules of names.
        """
        if db_field.name == "name":
            kwargs["form_class"] = NameField
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), AdminSplitDateTime):
            for part, name in zip(field.widget.widgets, (_("Date"), _("Time")), strict=True):
                part.attrs["aria-label"] = f"{capfirst(str(db_field.verbose_name))}: {name}"
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Let staff choose among many rows by typing."""
        if db_field.name in self.autocomplete_fields:
            kwargs["widget"] = Choice(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        """Add the addresses of the buttons."""
        return [*button_paths(self), *super().get_urls()]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Lead to who did what, in the portal and here: one record, not two."""
        obj = self.get_object(request, object_id)
        if obj is None or not self.has_view_permission(request, obj):
            return super().history_view(request, object_id, extra_context)
        reseller = self.reseller_of(obj)
        query = {"about__exact": self.about(obj)}
        if reseller is not None:
            query["reseller__id__exact"] = str(reseller.pk)
        path = reverse("admin:resellers_auditevent_changelist")
        return HttpResponseRedirect(f"{path}?{urlencode(query)}")

    def about(self, obj: Any) -> str:
        """Return by what name audit events know the object."""
        return f"{obj._meta.model_name}:{obj.pk}"

    def reseller_of(self, obj: Any) -> Reseller | None:
        """Return whose record the object belongs to."""
        return obj if isinstance(obj, Reseller) else getattr(obj, "reseller", None)

    def log_addition(self, request: HttpRequest, obj: Any, _message: Any) -> Any:
        """Record what staff added by hand."""
        return self._record("added", request, obj)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Record what staff changed by hand."""
        parts = [part.get("changed", {}) for part in message if isinstance(part, dict)]
        fields = sorted({str(name) for part in parts for name in part.get("fields", [])})
        return self._record("changed", request, obj, fields=fields)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Record what staff deleted by hand."""
        return [self._record("deleted", request, obj, was=str(obj)) for obj in queryset]

    def _record(self, what: str, request: HttpRequest, obj: Any, **changes: Any) -> Any:
        user: Any = request.user
        verb = f"{obj._meta.model_name}.{what}"
        return record(verb, self.about(obj), reseller=self.reseller_of(obj), actor=user, **changes)


def is_staff(request: HttpRequest) -> bool:
    """Say whether the request comes from the vendor's staff."""
    return bool(request.user.is_active and request.user.is_staff)
