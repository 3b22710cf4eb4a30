"""The dialogs of one license: its activation link, its billing state, renewing it by hand."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.models import PaymentState
from licenses.actions import change_billing_state, replace_code
from licenses.charges import next_charge
from licenses.codes import GROUP, last_group
from licenses.forms import BillingStateForm, RenewForm, ReplaceCodeForm
from licenses.license_history import license_history
from licenses.links import activation_link
from licenses.models import Renewal
from licenses.pages import LicensePage
from licenses.qr import qr_file, qr_inline
from licenses.reasons import why_not_activate, why_not_change_billing, why_not_replace_code
from licenses.renewing.cards import open_payment_of
from licenses.renewing.manual import offer, renew_by_hand
from reseller_portal.display import day_text, money_text
from reseller_portal.pages import lead_to
from reseller_portal.refusals import Refusal
from resellers.roles import Right


class ActivationLink(LicensePage):
    """The address to send to a customer, or why there is none to send."""

    right = Right.SEE_CODES
    template = "licenses/activation_link.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the link and its QR code, or hand out the drawing as a file."""
        dead = why_not_activate(self.license)
        link = activation_link(self.license.activation_code)
        if request.GET.get("format") == "svg":
            return self.not_possible(dead, status=HTTPStatus.OK) if dead else self.file(link)
        heading = _("Activation link of license %(code)s") % {"code": self.shown_code}
        history = license_history(self.license, self.user, self.now)
        context = {"heading": heading, "dead": dead, "back": self.back, "history": history}
        if not dead:
            context |= {"link": link, "qr": qr_inline(link)}
        return self.render(context)

    def file(self, link: str) -> HttpResponse:
        """Return the QR code; the file is named as lists name the license."""
        name = self.license.activation_code[-GROUP:]
        attachment = f'attachment; filename="activation-link-{name}.svg"'
        headers = {"Content-Disposition": attachment}
        return HttpResponse(qr_file(link), content_type="image/svg+xml", headers=headers)


class BillingState(LicensePage):
    """Turn auto-renew on or off."""

    right = Right.OPERATE
    template = "licenses/billing_state.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Say what would happen, or why nothing can."""
        return self.confirmation(BillingStateForm())

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Change it, once more or not: the answer is the same."""
        form = BillingStateForm(request.POST)
        if not form.is_valid():
            return self.confirmation(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        recurrent = form.cleaned_data["recurrent"]
        change_billing_state(self.license.uuid, recurrent, actor=self.user, now=self.now)
        said = _("Auto-renew is on for license %(code)s.")
        if not recurrent:
            said = _("Auto-renew is off for license %(code)s.")
        return self.done(said % {"code": self.shown_code})

    def confirmation(self, form: BillingStateForm, status: int = HTTPStatus.OK) -> HttpResponse:
        """Show what the change means, or why there is none to make."""
        reason = why_not_change_billing(self.license, self.today)
        if reason:
            return self.not_possible(reason, status=status)
        turn_on = not self.license.recurrent
        heading = _("Turn auto-renew on for license %(code)s")
        if not turn_on:
            heading = _("Turn auto-renew off for license %(code)s")
        return self.render(
            {
                "heading": heading % {"code": self.shown_code},
                "form": form,
                "turn_on": turn_on,
                "charge": next_charge(self.license, self.today),
                "back": self.back,
            },
            status=status,
        )


class ReplaceCode(LicensePage):
    """Give the license another code, because the one it has got into wrong hands."""

    right = Right.OPERATE
    template = "licenses/replace_code.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Say what would happen, or why nothing can."""
        return self.confirmation(status=HTTPStatus.OK)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Replace it, once however often this is sent."""
        form = ReplaceCodeForm(request.POST)
        if not form.is_valid():
            return self.confirmation(status=HTTPStatus.UNPROCESSABLE_ENTITY)
        number = form.cleaned_data["number"]
        license = replace_code(self.license.uuid, number=number, actor=self.user, now=self.now)
        said = _("License %(code)s has a new code: it is called %(new)s now. Its old link is dead.")
        new = last_group(license.activation_code)
        return self.done(said % {"code": self.shown_code, "new": new})

    def confirmation(self, *, status: int) -> HttpResponse:
        """Ask, unless there is nothing to replace."""
        reason = why_not_replace_code(self.license)
        if reason:
            return self.not_possible(reason, status=status)
        heading = _("Replace the code of license %(code)s") % {"code": self.shown_code}
        return self.render({"heading": heading, "back": self.back}, status=status)


class Renew(LicensePage):
    """Pay the next period by hand."""

    right = Right.OPERATE
    template = "licenses/renew.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Say what would be paid, from what and for which days, or why it cannot be."""
        try:
            return self.confirmation()
        except Refusal as refusal:
            return self.not_possible(refusal.message, status=HTTPStatus.OK)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Pay it, once however often this is sent; another price is confirmed anew."""
        form = RenewForm(request.POST)
        if not form.is_valid():
            return self.confirmation(_("This page is out of date. Check it and confirm."))
        try:
            renewal = renew_by_hand(
                self.license.uuid, **form.cleaned_data, actor=self.user, now=self.now
            )
        except Refusal as refusal:
            if refusal.field not in {"expected_amount", "paid_by"}:
                raise
            return self.confirmation(refusal.message)
        payment = open_payment_of(renewal.license)
        if payment and payment.state == PaymentState.CONFIRMING:
            return lead_to(request, reverse("billing:payment", args=[payment.uuid]))
        return self.done(self.said(renewal))

    def said(self, renewal: Renewal) -> str:
        """Say what was done."""
        if renewal.amount is None:
            return _("The payment for license %(code)s is being checked. Look again later.") % {
                "code": self.shown_code
            }
        return _("License %(code)s is renewed until %(day)s, for %(amount)s.") % {
            "code": self.shown_code,
            "day": day_text(renewal.period.ends_on),
            "amount": money_text(renewal.amount, self.license.order.currency),
        }

    def confirmation(self, changed: str = "") -> HttpResponse:
        """Show what is offered; with what has changed since the person saw it, as a 422."""
        offered = offer(self.license, actor=self.user, now=self.now)
        context = {
            "heading": _("Renew license %(code)s") % {"code": self.shown_code},
            "offer": offered,
            "charge": offered.charge,
            "changed": changed,
            "back": self.back,
        }
        status = HTTPStatus.UNPROCESSABLE_ENTITY if changed else HTTPStatus.OK
        return self.render(context, status=status)
