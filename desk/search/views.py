"""The search of the portal, from the header of every page."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from desk.search.asked import Asked, SearchForm
from desk.search.exact import the_one
from desk.search.groups import Search
from reseller_portal.pages import Page, finish


class SearchPage(Page):
    """`?q=` leads to the one thing that it names, or lists what begins so.

    A whole activation code stays in no address: it leads to its license, or to the bare page. And
    no page that is opened from here is told what was searched for.
    """

    template = "search/page.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Forget a code on the way to the sign-in page, and keep the address to ourselves."""
        if not request.user.is_authenticated and Asked(request.GET.get("q", "")).is_secret:
            response = finish(redirect_to_login(request.path))
        else:
            response = super().dispatch(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "strict-origin"
        return response

    def get(self, request: HttpRequest) -> HttpResponse:
        """Lead there, show what was found, or say what can be searched for."""
        form = SearchForm(request.GET)
        text = form.cleaned_data["q"] if form.is_valid() else ""
        if not text:
            return self.render({"form": form})
        asked = Asked(text)
        one = the_one(asked, self.user, self.reseller)
        if one:
            return HttpResponseRedirect(one)
        groups = Search(asked, self.user, self.now).groups()
        if asked.is_secret and not groups:
            return self.no_such_code()
        return self.render({"form": form, "asked": asked, "groups": groups})

    def no_such_code(self) -> HttpResponse:
        """Say so on the bare page; to people who may not see codes, whether there is one or not."""
        if self.user.may_see_codes:
            said = _("No license of your company has this activation code.")
        else:
            said = _("Your role does not search for activation codes.")
        messages.warning(self.request, said)
        return HttpResponseRedirect(reverse("search"))
