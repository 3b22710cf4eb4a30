"""The company: name, addresses, time zone, and what purchases begin with."""

from datetime import datetime
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from people.actions import CompanySettings, change_company
from people.activity.rows import done_to
from people.company_forms import CompanyForm
from people.steps import about_reseller
from reseller_portal.pages import Page, SeeOther
from reseller_portal.refusals import Refusal
from resellers.roles import Right


class Company(Page):
    """Shows the settings and changes them. Another time zone is confirmed first."""

    right = Right.ADMINISTER
    template = "settings/company.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form."""
        return self.show(CompanyForm(reseller=self.reseller, now=self.now))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Change them, or show what is wrong or has to be confirmed."""
        form = CompanyForm(request.POST, reseller=self.reseller, now=self.now)
        if not form.is_valid():
            return self.show(form)
        zone = form.cleaned_data["time_zone"]
        if zone not in {self.reseller.time_zone, request.POST.get("confirmed_zone")}:
            return self.show(form, new_zone=zone)
        try:
            change_company(CompanySettings(**form.cleaned_data), actor=self.user)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return self.show(form, new_zone=zone if zone != self.reseller.time_zone else "")
        messages.success(request, _("The settings of the company are saved."))
        return SeeOther(reverse("settings:company"))

    def show(self, form: CompanyForm, *, new_zone: str = "") -> HttpResponse:
        """Render the page; with status 422 if something was refused or has to be confirmed."""
        context = {
            "form": form,
            "new_zone": new_zone,
            "times": self.times(new_zone) if new_zone else {},
            "deeds": done_to(self.reseller, about_reseller(self.reseller)),
        }
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return self.render(context, status=status)

    def times(self, new_zone: str) -> dict[str, Any]:
        """Return what time it is now in the old zone and in the new one."""
        now: datetime = self.now
        return {
            "was": f"{now.astimezone(self.reseller.zone):%H:%M}",
            "will": f"{now.astimezone(ZoneInfo(new_zone)):%H:%M}",
        }
