"""The base of every page that people of a reseller see."""

from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View
from django_htmx.http import HttpResponseClientRedirect

from reseller_portal.refusals import Refusal
from reseller_portal.rights import Right

if TYPE_CHECKING:
    from resellers.models import Reseller, User


class Page(View):
    """Sign-in, method, object, role, state: checked in this order, for every page.

    A page sets `right` (and `post_right`, where changing needs more than looking) and may override
    `fetch` to load the object that its URL names, within the person's own company. `template` is
    extended by `layout`: the whole frame, or the bare fragment when htmx asks.
    """

    right: ClassVar[Right] = Right.READ
    post_right: ClassVar[Right | None] = None
    template: ClassVar[str]

    user: "User"
    reseller: "Reseller"
    now: datetime

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Check, then answer; a refused rule becomes `refused`."""
        if not request.user.is_authenticated:
            return finish(to_sign_in(request))
        handler = getattr(self, (request.method or "").lower(), None)
        if handler is None or (request.method or "").lower() not in self.http_method_names:
            return finish(self.http_method_not_allowed(request, *args, **kwargs))
        self._enter(request)
        self.fetch(**kwargs)
        if not self.user.may(self.needed_right()):
            raise PermissionDenied
        try:
            return finish(handler(request, *args, **kwargs))
        except Refusal as refusal:
            return finish(self.refused(refusal))

    def http_method_not_allowed(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Name the methods that are allowed, on a page that says what to do."""
        answer = super().http_method_not_allowed(request, *args, **kwargs)
        answer.content = render_to_string("405.html")
        return answer

    def _enter(self, request: HttpRequest) -> None:
        user: Any = request.user
        if user.reseller is None:
            raise PermissionDenied
        self.user, self.reseller, self.now = user, user.reseller, timezone.now()

    def fetch(self, **kwargs: Any) -> None:
        """Load what the URL names; raises Http404 alike for a stranger's and for none."""

    def needed_right(self) -> Right:
        """Return the line of the role table that this request needs."""
        if self.request.method == "POST" and self.post_right is not None:
            return self.post_right
        return self.right

    @property
    def today(self) -> Any:
        """Return the reseller's calendar day."""
        return self.reseller.day_of(self.now)

    def render(
        self,
        context: dict[str, Any] | None = None,
        *,
        template: str | None = None,
        status: int = HTTPStatus.OK,
    ) -> HttpResponse:
        """Render the page's template in the layout that was asked for."""
        values = {"layout": layout(self.request), "page": self, **(context or {})}
        return render(self.request, template or self.template, values, status=status)

    def refused(self, refusal: Refusal) -> HttpResponse:
        """Answer a refused action with its sentence."""
        return self.render(
            {"refusal": refusal},
            template="refused.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )


class SeeOther(HttpResponseRedirect):
    """The answer to a POST that was done: go and look (303)."""

    status_code = HTTPStatus.SEE_OTHER


def lead_to(request: HttpRequest, url: str) -> HttpResponse:
    """Answer a POST that was done: lead to another page, also out of a dialog."""
    return HttpResponseClientRedirect(url) if wants_fragment(request) else SeeOther(url)


def wants_fragment(request: HttpRequest) -> bool:
    """Say whether htmx asks for a part of the page (and not for a page out of its history)."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.history_restore_request


def layout(request: HttpRequest) -> str:
    """Return the template that a page extends."""
    return "fragment.html" if wants_fragment(request) else "base.html"


def path_of_the_page(request: HttpRequest) -> str | None:
    """Return the path of the page from which htmx asks; None for another site's and nonsense."""
    htmx: Any = getattr(request, "htmx", None)
    try:
        path: str | None = htmx.current_url_abs_path
    except ValueError:
        return None
    return path


def is_on_its_own_page(request: HttpRequest) -> bool:
    """Say whether htmx asks from the very page that it asks for, whatever the query."""
    page, _mark, _query = (path_of_the_page(request) or "").partition("?")
    return page == request.path


def looks_again(request: HttpRequest) -> bool:
    """Say whether htmx asks for the very page that it asks from: Back leads elsewhere already."""
    return path_of_the_page(request) == request.get_full_path()


def path_to_come_back_to(request: HttpRequest) -> str:
    """Return the page that was asked for; for a form, the page of this site that it stood on."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}):
        return "/"
    parts = urlsplit(page)
    return urlunsplit(("", "", parts.path or "/", parts.query, ""))


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page, and back afterwards; htmx is told to leave the page it is on."""
    if not wants_fragment(request):
        return redirect_to_login(path_to_come_back_to(request))
    answer = redirect_to_login(path_of_the_page(request) or "/")
    return HttpResponseClientRedirect(answer.url, status=HTTPStatus.NO_CONTENT)


def finish(response: HttpResponseBase) -> HttpResponseBase:
    """Keep what people of one reseller saw out of every cache."""
    add_never_cache_headers(response)
    patch_vary_headers(response, ["HX-Request", "Cookie"])
    return response
