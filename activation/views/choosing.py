"""The base of the dialogs that ask for a customer: an existing one, or a new one's data."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

from activation.actions import KnownCustomer, UnknownCustomer
from activation.forms import EXISTING, NEW, ActivateForm
from licenses.pages import LicensePage
from reseller_portal.refusals import Refusal
from resellers.roles import Right


class ChooseCustomer(LicensePage):
    """A dialog about a license that needs a customer. Each subclass says what is done for whom."""

    right = Right.OPERATE

    def why_not(self) -> str | None:
        """Say why nothing can be done now."""
        raise NotImplementedError

    def question(self) -> dict[str, Any]:
        """Return what the dialog says besides its fields."""
        raise NotImplementedError

    def act(self, form: ActivateForm) -> str:
        """Do what the form says, and return the message about it. Raises Refusal."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the form, or why there is nothing to do."""
        reason = self.why_not()
        if reason:
            return self.not_possible(reason, status=HTTPStatus.OK)
        return self.form_again(ActivateForm(initial=self.taken_over()), status=HTTPStatus.OK)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Do it, or show the form with what is wrong."""
        form = ActivateForm(request.POST)
        if not form.is_valid():
            return self.form_again(form)
        try:
            said = self.act(form)
        except UnknownCustomer as refusal:
            form.suggest(NEW, refusal)
        except KnownCustomer as refusal:
            form.suggest(EXISTING, refusal)
        except Refusal as refusal:
            if refusal.field is None:
                raise
            form.add_error(refusal.field, refusal.message)
        else:
            return self.done(said)
        return self.form_again(form)

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

    def form_again(
        self, form: ActivateForm, status: int = HTTPStatus.UNPROCESSABLE_ENTITY
    ) -> HttpResponse:
        """Show the form with what it is about."""
        url = self.new_customer_url(form)
        context = {**self.question(), "form": form, "new_customer_url": url, "back": self.back}
        return self.render(context, status=status)
