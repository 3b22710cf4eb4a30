"""The form that moves an activated license to another customer."""

from typing import Any

from django.utils.translation import gettext as _

from activation.actions import move_to_existing, move_to_new
from activation.forms import ActivateForm
from activation.views.choosing import ChooseCustomer
from licenses.models import License
from licenses.reasons import why_not_move


class MoveLicense(ChooseCustomer):
    """Move to an existing customer, by registered e-mail, or to a new one; both are mailed."""

    template = "activation/move_license.html"

    def why_not(self) -> str | None:
        """Say why the license cannot be moved."""
        return why_not_move(self.license, self.today)

    def act(self, form: ActivateForm) -> str:
        """Move."""
        license = self.moved(form)
        said = _("License %(code)s is %(company)s's now. Both customers get an e-mail.")
        return said % {"code": self.shown_code, "company": license.customer}

    def moved(self, form: ActivateForm) -> License:
        """Do what the form says."""
        license, actor, now = self.license.uuid, self.user, self.now
        if form.is_new:
            return move_to_new(license, form.details(), actor=actor, now=now)
        return move_to_existing(license, form.cleaned_data["email"], actor=actor, now=now)

    def question(self) -> dict[str, Any]:
        """Say whose the license is."""
        heading = _("Move license %(code)s to another customer") % {"code": self.shown_code}
        return {"heading": heading, "customer": self.license.customer}
