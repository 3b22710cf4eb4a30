"""The page behind an invitation's link."""

from http import HTTPStatus
from typing import Any

from allauth.account.utils import perform_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from people.actions import accept_invitation
from people.forms import AcceptInvitation
from people.links import invitation_named
from people.models import Invitation
from reseller_portal.csrf import protect_by_token
from reseller_portal.pages import SeeOther
from reseller_portal.refusals import Refusal


@method_decorator(sensitive_post_parameters("password1", "password2"), name="dispatch")
class AcceptInvitationPage(View):
    """Lets an invited person choose name and password, once, and signs them in.

    A link that is wrong, too old, used or replaced leads to one neutral page.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Keep the link out of caches and out of what other pages are told."""
        try:
            answer = super().dispatch(request, *args, **kwargs)
        except (Http404, Refusal):
            answer = render(request, "people/invitation_dead.html", status=HTTPStatus.NOT_FOUND)
        add_never_cache_headers(answer)
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show the form; opening the link changes nothing."""
        invitation = open_invitation(token)
        return self.show(request, invitation, AcceptInvitation(invitation=invitation))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Make the account and lead on, signed in."""
        invitation = open_invitation(token)
        form = AcceptInvitation(request.POST, invitation=invitation)
        if not form.is_valid():
            return self.show(request, invitation, form)
        values = form.cleaned_data
        user = accept_invitation(
            invitation.pk,
            invitation.issue,
            name=values["name"],
            password=values["password1"],
            now=timezone.now(),
        )
        return SeeOther(perform_login(request, user, email_verification="none").url)

    def show(
        self, request: HttpRequest, invitation: Invitation, form: AcceptInvitation
    ) -> HttpResponse:
        """Render the form; with status 422 if what was typed was refused."""
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        context = {"invitation": invitation, "form": form}
        return render(request, "people/invitation.html", context, status=status)


# A page that sends no referrer is protected by its token alone.
invitation_page = csrf_exempt(protect_by_token(AcceptInvitationPage.as_view()))


def open_invitation(token: str) -> Invitation:
    """Return the invitation of a link that may still be accepted. Raises Http404."""
    invitation = invitation_named(token)
    if not invitation.is_open(timezone.now()):
        raise Http404
    return invitation
