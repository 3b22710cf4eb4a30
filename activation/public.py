"""The page behind an activation link: anybody may open it, and opening it changes nothing."""

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from activation import guesses
from activation.actions import activate_by_link
from activation.forms import PublicActivationForm
from licenses.calendar import period_days
from licenses.codes import as_stored
from licenses.models import License
from reseller_portal.csrf import protect_by_token
from reseller_portal.display import day_text
from reseller_portal.origin import address
from reseller_portal.pages import SeeOther
from reseller_portal.refusals import Refusal

PRIVATE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


class ActivationPage(View):
    """Asks the customer for what it takes to activate, says that a license is used, or nothing.

    Unknown, replaced, cancelled and malformed codes get one neutral answer, and count as wrong.
    """

    http_method_names = ("get", "head", "post", "options")
    license: License
    now: datetime

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Check the method, the caller's wrong codes and the code, then show or do."""
        if request.method not in {"GET", "HEAD", "POST"}:
            return super().dispatch(request)
        self.now = timezone.now()
        if guesses.too_many(address.get(), self.now):
            return self.page("too_many", status=HTTPStatus.TOO_MANY_REQUESTS)
        code = as_stored(str(kwargs["code"]))
        license = License.objects.for_rows().filter(activation_code=code).first()
        if license is None or license.cancelled_at is not None:
            if guesses.count_wrong(address.get(), self.now):
                return self.page("too_many", status=HTTPStatus.TOO_MANY_REQUESTS)
            return self.page("dead_link", status=HTTPStatus.NOT_FOUND)
        self.license = license
        with timezone.override(license.reseller.zone):
            return self.post(request) if request.method == "POST" else self.get(request)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form, or that the license is used."""
        if self.license.activated_at is not None:
            return self.page("used_link")
        terms = {"terms_version": self.license.product.terms_version}
        return self.form_page(PublicActivationForm(initial=terms), status=HTTPStatus.OK)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Activate, once."""
        if self.license.activated_at is not None:
            return self.page("used_link", status=HTTPStatus.UNPROCESSABLE_ENTITY)
        form = PublicActivationForm(request.POST)
        if not form.is_valid():
            return self.form_page(form)
        try:
            activate_by_link(
                self.license.activation_code,
                form.details(),
                terms_version=form.cleaned_data["terms_version"],
                now=self.now,
            )
        except License.DoesNotExist:
            return self.page("dead_link", status=HTTPStatus.NOT_FOUND)
        except Refusal as refusal:
            return self.refused(form, refusal)
        messages.success(request, self.said())
        return SeeOther(reverse("activation:activate", args=[self.license.activation_code]))

    def refused(self, form: PublicActivationForm, refusal: Refusal) -> HttpResponse:
        """Show what stands against it: new terms, or somebody who was quicker."""
        code = self.license.activation_code
        self.license.refresh_from_db()
        if self.license.activation_code != code:
            return self.page("dead_link", status=HTTPStatus.NOT_FOUND)
        if refusal.field is not None:
            form.add_error(refusal.field, refusal.message)
            return self.form_page(form)
        if self.license.cancelled_at is not None:
            return self.page("dead_link", status=HTTPStatus.NOT_FOUND)
        return self.page("used_link", status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def said(self) -> str:
        """Return the message to the customer who has just activated."""
        first, last = self.days()
        return _(
            "Done: %(product)s is active from %(first)s to %(last)s. An e-mail is on its way."
        ) % {
            "product": self.license.product,
            "first": day_text(first),
            "last": day_text(last),
        }

    def days(self) -> tuple[date, date]:
        """Return From and To of a license that is activated now."""
        today = self.license.reseller.day_of(self.now)
        return period_days(today, self.license.order.term_months, 0)

    def form_page(
        self, form: PublicActivationForm, status: int = HTTPStatus.UNPROCESSABLE_ENTITY
    ) -> HttpResponse:
        """Show the form, what it is for, and the terms as they are now."""
        starts_on, ends_on = self.days()
        context = {"form": form, "starts_on": starts_on, "ends_on": ends_on}
        return self.page("activate", context, status=status)

    def page(
        self, name: str, context: dict[str, Any] | None = None, *, status: int = HTTPStatus.OK
    ) -> HttpResponse:
        """Render one of the pages; all but the neutral ones know the license."""
        known = {"license": self.license} if hasattr(self, "license") else {}
        values = {**known, **(context or {})}
        return render(self.request, f"activation/{name}.html", values, status=status)


def kept_private(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Keep whatever the view answers, refusals too, to this one visitor."""

    @wraps(view)
    def private(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        for name, value in PRIVATE.items():
            response.headers[name] = value
        return response

    return private


activation_page = csrf_exempt(kept_private(protect_by_token(ActivationPage.as_view())))
