"""The form with which a reseller activates a license for a customer."""

from typing import Any

from django.utils.translation import gettext as _

from activation.actions import activate_for_existing, activate_for_new
from activation.forms import ActivateForm
from activation.models import Activation
from activation.views.choosing import ChooseCustomer
from licenses.calendar import period_days
from licenses.reasons import why_not_activate


class ActivateLicense(ChooseCustomer):
    """Activate for an existing customer, by registered e-mail, or for a new one."""

    template = "activation/activate_license.html"

    def why_not(self) -> str | None:
        """Say why the license can no longer be activated."""
        return why_not_activate(self.license)

    def act(self, form: ActivateForm) -> str:
        """Activate."""
        activation = self.activated(form)
        return _("License %(code)s is active for %(company)s. An e-mail goes to %(email)s.") % {
            "code": self.shown_code,
            "company": activation.customer.company,
            "email": activation.customer.email,
        }

    def activated(self, form: ActivateForm) -> Activation:
        """Do what the form says."""
        license, actor, now = self.license.uuid, self.user, self.now
        if form.is_new:
            return activate_for_new(license, form.details(), actor=actor, now=now)
        return activate_for_existing(license, form.cleaned_data["email"], actor=actor, now=now)

    def question(self) -> dict[str, Any]:
        """Say which days the license would be valid."""
        starts_on, ends_on = period_days(self.today, self.license.order.term_months, 0)
        heading = _("Activate license %(code)s") % {"code": self.shown_code}
        return {"heading": heading, "starts_on": starts_on, "ends_on": ends_on}
