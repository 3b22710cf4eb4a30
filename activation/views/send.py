"""The dialog that mails the activation link of a license to a customer."""

from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from activation.actions import SentMeanwhile, send_link
from activation.link_forms import SendLinkForm
from activation.sending import Recipient, last_sent
from licenses.pages import LicensePage
from licenses.reasons import why_not_activate
from mailing.models import Mail
from reseller_portal.refusals import Refusal
from resellers.roles import Right


class SendLink(LicensePage):
    """Ask whom the link goes to, and with which words; say who got it already."""

    right = Right.OPERATE
    template = "activation/send_link.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the form, or why there is nothing to send."""
        dead = why_not_activate(self.license)
        if dead:
            return self.not_possible(dead, status=HTTPStatus.OK)
        return self.form_again(SendLinkForm(), status=HTTPStatus.OK)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Queue the mail, or show the form with what is wrong."""
        form = SendLinkForm(request.POST)
        if not form.is_valid():
            return self.form_again(form)
        try:
            mail = self.sent(form.cleaned_data)
        except SentMeanwhile as refusal:
            form.add_error(None, refusal.message)
            return self.form_again(form)
        except Refusal as refusal:
            if refusal.field is None:
                raise
            form.add_error(refusal.field, refusal.message)
            return self.form_again(form)
        said = _("The link of license %(code)s is on its way to %(to)s.")
        return self.done(said % {"code": self.shown_code, "to": mail.to})

    def sent(self, values: dict[str, Any]) -> Mail:
        """Do what the form says."""
        return send_link(
            self.license.uuid,
            Recipient(values["email"], " ".join(values["name"].split())),
            values["words"],
            key=values["key"],
            seen=values["seen"],
            number=values["number"],
            actor=self.user,
            now=self.now,
        )

    def form_again(
        self, form: SendLinkForm, status: int = HTTPStatus.UNPROCESSABLE_ENTITY
    ) -> HttpResponse:
        """Show the form, with a key of its own and the last mail with this link as it is now."""
        self.fetch(license=self.license.uuid)
        last = last_sent(self.license)
        context = {
            "heading": _("Send the link of license %(code)s") % {"code": self.shown_code},
            "form": form,
            "last": last,
            "seen": last.pk if last else 0,
            "key": uuid4(),
            "back": self.back,
        }
        return self.render(context, status=status)
