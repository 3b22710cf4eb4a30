"""The confirmation, and the change, of the billing state of many licenses."""

from functools import cached_property
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from licenses.forms import BillingStateForm
from licenses.upcoming import telling
from licenses.upcoming.actions import Outcome, change_billing_states
from licenses.upcoming.choice import chosen, preview
from licenses.upcoming.filters import UpcomingFilter
from reseller_portal.pages import Page, SeeOther, wants_fragment
from reseller_portal.refusals import Refusal
from resellers.roles import Right

OF_THE_CHOICE = ("license", "which", "recurrent")


class BillingStates(Page):
    """Turn auto-renew on or off for the licenses that were ticked, or for all that match.

    The address holds the list's query, and the choice: `license` (a UUID, repeated) or `which=all`,
    and `recurrent`. What was confirmed travels with the form; if it is something else by then, the
    form comes back.
    """

    right = Right.OPERATE
    template = "renewals/billing_states.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Say what would happen, or why nothing can."""
        try:
            return self.confirmation(BillingStateForm(request.GET))
        except Refusal as refusal:
            return self.not_possible(refusal, HTTPStatus.OK)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Change them, if it is still what the person saw."""
        form = BillingStateForm(request.POST)
        if not form.is_valid():
            raise Refusal(str(form.errors["recurrent"][0]))
        recurrent = form.cleaned_data["recurrent"]
        keys = self.keys()
        if request.POST.get("expected") != preview(self.asked, keys, recurrent=recurrent).token:
            return self.confirmation(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        outcome = change_billing_states(
            keys, recurrent, actor=self.user, reseller=self.reseller, now=self.now
        )
        return self.done(outcome, recurrent=recurrent)

    @cached_property
    def asked(self) -> UpcomingFilter:
        """Return the filters of the list."""
        return UpcomingFilter(self.request.GET, user=self.user, now=self.now)

    def keys(self) -> list[int]:
        """Return the licenses that are meant. Raises Refusal for none and for too many."""
        all_of_them = self.request.GET.get("which") == "all"
        return chosen(self.asked, self.request.GET.getlist("license"), all_of_them=all_of_them)

    def confirmation(self, form: BillingStateForm, status: int = HTTPStatus.OK) -> HttpResponse:
        """Show what the change means. Raises Refusal where there is none to make."""
        if not form.is_valid():
            raise Refusal(str(form.errors["recurrent"][0]))
        recurrent = form.cleaned_data["recurrent"]
        seen = preview(self.asked, self.keys(), recurrent=recurrent)
        context = {
            "heading": telling.heading(seen.count, recurrent=recurrent),
            "form": form,
            "preview": seen,
            "recurrent": recurrent,
            "is_changed": status != HTTPStatus.OK,
            "refused": telling.not_done(seen.outcome.refused),
            "back": self.back,
        }
        return self.render(context, status=status)

    def done(self, outcome: Outcome, *, recurrent: bool) -> HttpResponse:
        """Say what was done, above the list, which fetches its rows and sums anew."""
        said = telling.done(outcome, recurrent=recurrent)
        refused = telling.not_done(outcome.refused)
        if wants_fragment(self.request):
            context = {"message": said, "outcome": outcome, "refused": refused}
            response = self.render(context, template="renewals/done.html")
            response.headers["HX-Trigger"] = "renewals-changed"
            return response
        level = messages.SUCCESS if outcome.changed else messages.WARNING
        messages.add_message(self.request, level, said)
        for line in refused:
            messages.warning(self.request, line)
        return SeeOther(self.back)

    @property
    def back(self) -> str:
        """Return the address of the list as it was."""
        query = QueryDict(mutable=True)
        query.update({name: self.request.GET[name] for name in self.request.GET})
        for name in OF_THE_CHOICE:
            query.pop(name, None)
        address = reverse("renewals:list")
        return f"{address}?{query.urlencode()}" if query else address

    def refused(self, refusal: Refusal) -> HttpResponse:
        """Answer a refused action with its sentence, and the way back."""
        return self.not_possible(refusal, HTTPStatus.UNPROCESSABLE_ENTITY)

    def not_possible(self, refusal: Refusal, status: int) -> HttpResponse:
        """Say why nothing can be done."""
        context = {"refusal": refusal.message, "back": self.back}
        return self.render(context, template="refused.html", status=status)
