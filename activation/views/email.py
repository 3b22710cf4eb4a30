"""The dialog that puts a customer's registered address right."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from activation.actions import correct_email
from activation.forms import EmailForm
from activation.views.customers import CustomerPage
from licenses.models import License
from licenses.pages import told
from reseller_portal.pages import SeeOther, wants_fragment
from reseller_portal.refusals import Refusal
from resellers.roles import Right


class CorrectEmail(CustomerPage):
    """Correct the address; `?license=` names the activation that the dialog was opened from."""

    right = Right.OPERATE
    template = "activation/correct_email.html"
    license: License | None = None

    def fetch(self, **kwargs: Any) -> None:
        """Load the customer and the license; raises Http404 alike for a stranger's and for none."""
        super().fetch(**kwargs)
        named = self.request.GET.get("license")
        if named is not None:
            licenses = License.objects.for_reseller(self.reseller).filter(customer=self.customer)
            self.license = licenses.filter(uuid=as_uuid(named)).first()
            if self.license is None:
                raise Http404

    @property
    def back(self) -> str:
        """Return the address of the page that the dialog was opened from."""
        if self.license is not None:
            return reverse("activation:show", args=[self.license.uuid])
        return reverse("activation:customer", args=[self.customer.uuid])

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Ask for the right address, or say why there is none."""
        if self.customer.is_erased:
            reason = _("This customer's personal data are erased: there is no address any more.")
            context = {"refusal": reason, "back": self.back}
            return self.render(context, template="refused.html")
        return self.form_again(EmailForm(), status=HTTPStatus.OK)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Correct it, or show the form with what is wrong."""
        form = EmailForm(request.POST)
        if not form.is_valid():
            return self.form_again(form)
        try:
            email = form.cleaned_data["email"]
            customer = correct_email(self.customer.uuid, email, actor=self.user, now=self.now)
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.message)
            return self.form_again(form)
        said = _("%(company)s is registered with %(email)s now. Both addresses get an e-mail.")
        return self.done(said % {"company": customer.company, "email": customer.email})

    def done(self, message: str) -> HttpResponse:
        """Say it where the dialog was opened; who shows the customer fetches it anew."""
        if not wants_fragment(self.request):
            messages.success(self.request, message)
            return SeeOther(self.back)
        opened = self.license or self.customer
        context = {"message": message, "region": f"result-{opened.uuid}"}
        return told(self, context, changed=f"customer-{self.customer.uuid}-changed")

    def form_again(
        self, form: EmailForm, status: int = HTTPStatus.UNPROCESSABLE_ENTITY
    ) -> HttpResponse:
        """Show the form."""
        heading = _("Correct the e-mail of %(company)s") % {"company": self.customer.company}
        context = {"heading": heading, "form": form, "back": self.back}
        return self.render(context, status=status)


def as_uuid(text: str) -> UUID:
    """Return a UUID as typed; raises Http404 for what is none."""
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
