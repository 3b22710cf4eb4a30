"""The page of the figures: for vendor staff, and for whoever has the token of the environment."""

import secrets

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from desk.metrics.figures import all_figures
from desk.metrics.text import CONTENT_TYPE, text_of


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with every figure, or 403."""
    if not (has_token(request) or getattr(request.user, "is_staff", False)):
        raise PermissionDenied
    return HttpResponse(text_of(all_figures(timezone.now())), content_type=CONTENT_TYPE)


def has_token(request: HttpRequest) -> bool:
    """Say whether the request bears the token; without one in the environment none does."""
    expected = f"Bearer {settings.METRICS_TOKEN}".encode()
    given = request.headers.get("Authorization", "").encode()
    return bool(settings.METRICS_TOKEN) and secrets.compare_digest(given, expected)
