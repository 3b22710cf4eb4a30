"""The admin site of vendor staff: the same sign-in, limits and second factor as everywhere."""

from typing import Any

from allauth.account import views as account
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from people.daily import daily_work, to_enter_first
from resellers.staff.work import attention, work

ORDER = (
    *("Reseller", "User", "DistributionCompany", "AuditEvent", "Invitation", "Product", "Price"),
    *("Account", "BalanceEntry", "VendorDetails"),
    *("Order", "Refund", "License", "Period", "Customer", "Activation"),
    *("Mail", "EmailText", "Export"),
)


class VendorSite(admin.AdminSite):
    """Pages over every table, in the order of the work."""

    site_header = _("Reseller Portal, vendor")
    site_title = _("Reseller Portal, vendor")
    index_title = _("Vendor staff")
    site_url = None

    def has_permission(self, request: HttpRequest) -> bool:
        """Let vendor staff in; raises PermissionDenied for people of a reseller."""
        if request.user.is_authenticated and not request.user.is_staff:
            raise PermissionDenied
        return super().has_permission(request)

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Lead to the portal's one sign-in, and back."""
        index = reverse("admin:index")
        if self.has_permission(request):
            return HttpResponseRedirect(index)
        wanted = request.GET.get("next", "")
        known = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
        query = urlencode({"next": wanted if known else index})
        return HttpResponseRedirect(f"{resolve_url('account_login')}?{query}")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """End the session as the portal does."""
        return account.logout(request)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Lead to the portal's own page."""
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Lead to the start."""
        return redirect("admin:index")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the apps in the order of the work."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=_place)
        return sorted(apps, key=lambda app: _place(app["models"][0]))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Begin with what waits for a person, then with what staff do daily."""
        context = {
            "attention": attention(timezone.now()),
            "first": to_enter_first(),
            "daily": daily_work(),
        }
        return super().index(request, {**context, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the page of all that waits."""
        return [path("work/", self.admin_view(self.work), name="work"), *super().get_urls()]

    @method_decorator(require_safe)
    def work(self, request: HttpRequest) -> HttpResponse:
        """Show every queue: how much is in it, and since when."""
        context = {
            **self.each_context(request),
            "title": _("Work waiting"),
            "queues": work(timezone.now()),
        }
        return render(request, "admin/work.html", context)


def _place(model: dict[str, Any]) -> int:
    name = model["object_name"]
    return ORDER.index(name) if name in ORDER else len(ORDER)
