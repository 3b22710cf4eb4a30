"""The way into the settings."""

from django.http import HttpRequest, HttpResponse

from reseller_portal.pages import Page
from resellers.roles import Right


class Settings(Page):
    """The pages of the settings, each with what it is for."""

    right = Right.ADMINISTER
    template = "settings/index.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        return self.render()
