"""The home page."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from billing.cards import warning_of
from desk.figures import figures
from desk.first_steps import first_steps
from reseller_portal.pages import Page


class Home(Page):
    """Tiles to the areas, and the account at a glance. Vendor staff work in the admin site."""

    template = "desk/home.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead vendor staff to where they work."""
        if request.user.is_authenticated and request.user.is_staff:
            return redirect("admin:index")
        return super().dispatch(request, *args, **kwargs)

    def get(self, _request: HttpRequest) -> HttpResponse:
        """Show the page."""
        context = {
            "figures": figures(self.reseller, self.now),
            "first": first_steps(self.user, self.reseller),
            "card_warning": warning_of(self.user, self.today),
        }
        return self.render(context)
