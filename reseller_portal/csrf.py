"""CSRF protection for a page that sends no referrer.

Under `Referrer-Policy: no-referrer` browsers send `Origin: null` with a form and no Referer at all,
so that Django's two comparisons of addresses would refuse every visitor. What remains is the token,
which must equal the cookie's, and the browser's own word on where the request came from.
"""

from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware, RejectRequest
from django.utils.decorators import decorator_from_middleware

OWN_SITE = frozenset({"", "same-origin", "none"})
REASON = "The browser says that the form was sent from another site."


class TokenCheck(CsrfViewMiddleware):
    """Django's check, but for the comparisons that need a referrer."""

    def _origin_verified(self, request: HttpRequest) -> bool:
        if request.headers.get("Origin") == "null":
            return _sent_by_ourselves(request)
        verified: bool = super()._origin_verified(request)  # type: ignore[misc]
        return verified

    def _check_referer(self, request: HttpRequest) -> None:
        if not _sent_by_ourselves(request):
            raise RejectRequest(REASON)


def _sent_by_ourselves(request: HttpRequest) -> bool:
    return request.headers.get("Sec-Fetch-Site", "") in OWN_SITE


protect_by_token: Any = decorator_from_middleware(TokenCheck)
