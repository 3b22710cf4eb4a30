"""A question or a form that changes a setting: in a dialog, or as a page of its own."""

from http import HTTPStatus
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from reseller_portal.pages import Page, lead_to
from reseller_portal.refusals import Refusal
from reseller_portal.rights import Right


class Dialog(Page):
    """Asks, then acts, then leads `back` with a sentence that says what was done.

    A subclass says its `heading` and `verb`, what will happen, and how to `act`.
    """

    right = Right.ADMINISTER
    template = "dialog_question.html"
    form: ClassVar[type[forms.Form]] = forms.Form
    verb: ClassVar[Any]
    is_danger: ClassVar[bool] = False

    @property
    def heading(self) -> str:
        """Return the title, which names action and object."""
        raise NotImplementedError

    @property
    def back(self) -> str:
        """Return the page that it was opened from."""
        raise NotImplementedError

    def sentences(self) -> list[str]:
        """Return what will happen, and how to undo it."""
        return []

    def why_not(self) -> str | None:
        """Say why there is nothing to do."""
        return None

    def initial(self) -> dict[str, Any]:
        """Return what the form begins with."""
        return {}

    def act(self, values: dict[str, Any]) -> str:
        """Do it, and return the sentence that says so. Raises Refusal."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Ask."""
        reason = self.why_not()
        if reason:
            return self.not_possible(reason, HTTPStatus.OK)
        return self.ask(self.form(initial=self.initial()))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Act, or ask again. Raises Refusal where there is nothing to do."""
        reason = self.why_not()
        if reason:
            raise Refusal(reason)
        form = self.form(request.POST)
        if not form.is_valid():
            return self.ask(form)
        try:
            said = self.act(form.cleaned_data)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return self.ask(form)
        messages.success(request, said)
        return self.lead_back()

    def refused(self, refusal: Refusal) -> HttpResponse:
        """Say why nothing was done, and lead back."""
        return self.not_possible(refusal.message, HTTPStatus.UNPROCESSABLE_ENTITY)

    def not_possible(self, reason: str, status: int) -> HttpResponse:
        """Say why there is nothing to do."""
        context = {"refusal": reason, "back": self.back}
        return self.render(context, template="refused.html", status=status)

    def lead_back(self) -> HttpResponse:
        """Lead to the page behind the dialog, which is loaded anew."""
        return lead_to(self.request, self.back)

    def ask(self, form: forms.Form) -> HttpResponse:
        """Show the question; with status 422 if what was typed was refused."""
        context = {
            "heading": self.heading,
            "sentences": self.sentences(),
            "form": form,
            "verb": self.verb,
            "is_danger": self.is_danger,
            "back": self.back,
        }
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return self.render(context, status=status)
