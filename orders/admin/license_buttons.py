"""What vendor staff can do with a license: the same actions as the reseller's people."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _g, gettext_lazy as _

from activation.actions import activate_for_existing, activate_for_new
from activation.forms import CustomerForm
from activation.steps import CustomerDetails
from licenses.actions import change_billing_state, disclose_code
from licenses.charges import next_charge
from licenses.forms import BillingStateForm
from licenses.links import activation_link
from licenses.models import License
from licenses.reasons import why_not_activate, why_not_change_billing
from reseller_portal.display import day_text, money_text
from resellers.models import User
from resellers.staff.buttons import Button, Done, Shown, offered_on


class ExistingCustomerForm(forms.Form):
    """The registered e-mail of a customer of the license's reseller."""

    email = forms.EmailField(label=_("Registered e-mail"), max_length=254)


class _Activate(Button):
    @classmethod
    def why_not(cls, obj: License, _now: datetime) -> str | None:
        """Say why the license can no longer be activated."""
        return why_not_activate(obj)

    @classmethod
    def explain(cls, obj: License, _now: datetime) -> list[Any]:
        """Say what will happen."""
        return [
            _g(
                "The license of %(product)s begins today, in the time zone of %(reseller)s, and "
                "the customer is told by mail. This cannot be undone."
            )
            % {"product": obj.product, "reseller": obj.reseller}
        ]


@offered_on(License)
class ActivateForExisting(_Activate):
    """Activates for a customer that the reseller knows."""

    slug = "activate-existing"
    label, verb = _("Activate for an existing customer"), _("Activate")
    form = ExistingCustomerForm

    @classmethod
    def press(cls, obj: License, values: Any, *, actor: User, now: datetime) -> Done:
        """Activate."""
        done = activate_for_existing(obj.uuid, values["email"], actor=actor, now=now)
        return Done(_g("Activated for %(customer)s.") % {"customer": done.customer})


@offered_on(License)
class ActivateForNew(_Activate):
    """Activates for a customer who is new to the reseller."""

    slug = "activate-new"
    label, verb = _("Activate for a new customer"), _("Activate")
    form = CustomerForm

    @classmethod
    def press(cls, obj: License, values: Any, *, actor: User, now: datetime) -> Done:
        """Activate."""
        done = activate_for_new(obj.uuid, CustomerDetails(**values), actor=actor, now=now)
        return Done(_g("Activated for %(customer)s.") % {"customer": done.customer})


@offered_on(License)
class ChangeBillingState(Button):
    """Turns auto-renew on or off."""

    slug, label, verb = "billing-state", _("Change Billing State"), _("Submit")

    @classmethod
    def why_not(cls, obj: License, now: datetime) -> str | None:
        """Say why it can be turned neither on nor off."""
        return why_not_change_billing(obj, obj.reseller.day_of(now))

    @classmethod
    def asks(cls, obj: Any, data: Any) -> forms.Form:
        """Ask for the other state; a second press of the same button changes nothing more."""
        return BillingStateForm(data, initial={"recurrent": "false" if obj.recurrent else "true"})

    @classmethod
    def explain(cls, obj: License, now: datetime) -> list[Any]:
        """Say what will happen, and what it will cost and when."""
        if cls.why_not(obj, now):
            return []
        charge = next_charge(obj, obj.reseller.day_of(now))
        price = _g("no price today")
        if charge.amount is not None:
            price = money_text(charge.amount, charge.currency)
        said = _g(
            "Auto-renew is off and will be on: the first charge is due on %(day)s (%(price)s)."
        )
        if obj.recurrent:
            said = _g("Auto-renew is on and will be off: no charge on %(day)s (%(price)s).")
        return [said % {"day": day_text(charge.on), "price": price}]

    @classmethod
    def press(cls, obj: License, values: Any, *, actor: User, now: datetime) -> Done:
        """Turn it."""
        recurrent: bool = values["recurrent"]
        change_billing_state(obj.uuid, recurrent, actor=actor, now=now)
        return Done(_("Auto-renew is on.") if recurrent else _("Auto-renew is off."))


@offered_on(License)
class ShowCode(Button):
    """Shows the activation code and link once, and writes down who saw them."""

    slug, label, verb = "show-code", _("Show the activation code"), _("Show the activation code")

    @classmethod
    def explain(cls, _obj: Any, _now: datetime) -> list[Any]:
        """Say why one is asked."""
        return [_g("Whoever has the code can use the license. That you saw it is written down.")]

    @classmethod
    def press(cls, obj: License, _values: Any, *, actor: User, now: datetime) -> Shown:
        """Show a page that is kept nowhere, as all pages of the admin site."""
        code = disclose_code(obj.uuid, actor=actor)
        link = None if why_not_activate(obj) else activation_link(code)
        return Shown("admin/code.html", {"code": code, "link": link})
