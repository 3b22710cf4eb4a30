"""What every request of a signed-in person needs."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils import timezone


class ResellerZone:
    """Show every moment in the zone of the person's reseller; staff and strangers see UTC.

    From here on every line of the log has both by their keys.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reseller = getattr(request.user, "reseller", None)
        if request.user.is_authenticated:
            structlog.contextvars.bind_contextvars(
                actor=request.user.pk, reseller=reseller and reseller.pk
            )
        with timezone.override(reseller.zone if reseller else "UTC"):
            return self.get_response(request)
