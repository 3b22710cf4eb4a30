"""What the portal answers when Django gives up."""

from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def bad_request(_request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that cannot be read without reading it, as Django's own page would.

    `exception` is what was wrong; it is in the log. The caller is told no more of it than that what
    they sent was too much.
    """
    if isinstance(exception, RequestDataTooBig):
        page = render_to_string("413.html")
        return HttpResponse(page, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return HttpResponse(render_to_string("400.html"), status=HTTPStatus.BAD_REQUEST)
