"""The form with which a reseller activates a license for a customer."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from activation.actions import (
    KnownCustomer,
    UnknownCustomer,
    activate_for_existing,
    activate_for_new,
)
from activation.forms import EXISTING, NEW, ActivateForm
from activation.models import Activation
from licenses.calendar import period_days
from licenses.pages import LicensePage
from licenses.reasons import why_not_activate
from resellers.roles import Right


class ActivateLicense(LicensePage):
    """Activate for an existing customer, by registered e-mail, or for a new one."""

    right = Right.OPERATE
    template = "activation/activate_license.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the form, or why there is nothing to activate."""
        reason = why_not_activate(self.license)
        if reason:
            return self.not_possible(reason, status=HTTPStatus.OK)
        form = ActivateForm(initial=self.taken_over())
        return self.form_again(form, status=HTTPStatus.OK)

    def taken_over(self) -> dict[str, str]:
        """Return what the form begins with: an address that turned out to be a new customer's."""
        if self.request.GET.get("customer") != NEW:
            return {}
        return {"customer": NEW, "email": self.request.GET.get("email", "")}

    def new_customer_url(self, form: ActivateForm) -> str:
        """Return the address of the form for a new customer, with the e-mail that was typed."""
        query = QueryDict(self.list_state, mutable=True)
        query.update({"customer": NEW, "email": form["email"].value() or ""})
        return f"{self.request.path}?{query.urlencode()}"

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Activate, or show the form with what is wrong."""
        form = ActivateForm(request.POST)
        if not form.is_valid():
            return self.form_again(form)
        try:
            activation = self.activated(form)
        except UnknownCustomer as refusal:
            form.suggest(NEW, refusal)
        except KnownCustomer as refusal:
            form.suggest(EXISTING, refusal)
        else:
            return self.done(self.said(activation))
        return self.form_again(form)

    def activated(self, form: ActivateForm) -> Activation:
        """Do what the form says."""
        license, actor, now = self.license.uuid, self.user, self.now
        if form.is_new:
            return activate_for_new(license, form.details(), actor=actor, now=now)
        return activate_for_existing(license, form.cleaned_data["email"], actor=actor, now=now)

    def said(self, activation: Activation) -> str:
        """Return the message about what was done."""
        return _("License %(code)s is active for %(company)s. An e-mail goes to %(email)s.") % {
            "code": self.shown_code,
            "company": activation.customer.company,
            "email": activation.customer.email,
        }

    def form_again(
        self, form: ActivateForm, status: int = HTTPStatus.UNPROCESSABLE_ENTITY
    ) -> HttpResponse:
        """Show the form, and which days the license would be valid."""
        starts_on, ends_on = period_days(self.today, self.license.order.term_months, 0)
        return self.render(
            {
                "heading": _("Activate license %(code)s") % {"code": self.shown_code},
                "form": form,
                "new_customer_url": self.new_customer_url(form),
                "starts_on": starts_on,
                "ends_on": ends_on,
                "back": self.back,
            },
            status=status,
        )
