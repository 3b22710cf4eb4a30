"""One activation: as a page, and in its tile."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from activation.body import body
from licenses.models import License
from reseller_portal.pages import Page, is_on_its_own_page, wants_fragment


class ShowActivation(Page):
    """Facts, actions and history of an activated license: its page, or the body of its tile.

    `?seen=` is how the history asks whether there is anything new: no content, unless there is.
    """

    template = "activation/show.html"
    license: License

    def fetch(self, **kwargs: Any) -> None:
        """Load the license; 404 for a stranger's, and for one that is not activated."""
        licenses = License.objects.for_reseller(self.reseller).ever_activated().for_rows()
        self.license = get_object_or_404(licenses, uuid=kwargs["license"])

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the activation, or only what is new of it."""
        context = body(self.license, self.user, self.now)
        if request.GET.get("seen") == context["history"].mark:
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        if "seen" not in request.GET or not wants_fragment(request):
            return self.render(context)
        context["as_page"] = is_on_its_own_page(request)
        return self.render(context, template="activation/refreshed.html")
