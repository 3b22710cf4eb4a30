"""The home page."""

from django.http import HttpRequest, HttpResponse

from reseller_portal.pages import Page


class Home(Page):
    """Tiles to the areas, and the account at a glance."""

    template = "desk/home.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the page."""
        return self.render()
