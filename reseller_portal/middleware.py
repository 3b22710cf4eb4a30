"""What happens to every request, whoever makes it."""

import ipaddress
import time
import uuid
from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import add_never_cache_headers
from django.utils.log import log_response

from reseller_portal import origin

access = structlog.get_logger("access")

BOUND = ("request_id", "address", "actor", "reseller")  # to the lines of one request


class RequestLog:
    """Give the request an id, remember where it came from, and write one access line.

    The line names the route, never the path or the query: these may hold activation codes. Every
    line that is written on the way has the id, and as soon as it is known who asks, the person's
    and the reseller's key. What is refused has a line of its own, which would come too late for
    that if Django wrote it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid.uuid4().hex
        began = time.monotonic()
        address = client_address(request)
        structlog.contextvars.bind_contextvars(request_id=request_id, address=address)
        token = origin.address.set(address)
        try:
            response = self.get_response(request)
            write_access_line(request, response, time.monotonic() - began)
            if response.status_code >= HTTPStatus.BAD_REQUEST:
                log_response(
                    "%s: %s",
                    response.reason_phrase,
                    request.path,
                    response=response,
                    request=request,
                )
        finally:
            origin.address.reset(token)
            structlog.contextvars.unbind_contextvars(*BOUND)
        response.headers["X-Request-ID"] = request_id
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        return response


class KeepNothing:
    """Keep every answer out of every cache unless it says itself that it may be kept.

    Errors too: a browser may keep a page that says "not found" otherwise.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


class CompressPages(GZipMiddleware):
    """Compress pages; files keep their length, so that a browser can show how far a download is.

    Django pads what it compresses with a random length, against guessing by size.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Leave everything but HTML alone."""
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


def write_access_line(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """Log one answered request."""
    match = request.resolver_match
    access.info(
        "request",
        method=request.method,
        route=match.route if match else None,
        status=response.status_code,
        ms=round(seconds * 1000),
    )


def client_address(request: HttpRequest) -> str | None:
    """Return the address of the caller.

    Behind TRUSTED_PROXY_COUNT proxies it is that many entries from the right of X-Forwarded-For;
    with 0 that header counts for nothing.
    """
    direct = request.META.get("REMOTE_ADDR") or None
    if not settings.TRUSTED_PROXY_COUNT:
        return direct
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if len(forwarded) < settings.TRUSTED_PROXY_COUNT:
        return direct
    return bare_address(forwarded[-settings.TRUSTED_PROXY_COUNT]) or direct


def bare_address(written: str) -> str | None:
    """Return the IP address that a proxy wrote, without port and brackets; None if it is none."""
    bracketed = written.removeprefix("[").partition("]")[0]
    for candidate in (bracketed, written.rpartition(":")[0]):
        try:
            return str(ipaddress.ip_address(candidate))
        except ValueError:
            continue
    return None
