"""Where the gateway tells what happened: its signature stands in for a CSRF token."""

from http import HTTPStatus

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing.gateway import WrongSignatureError, cards_are_on, gateway
from billing.payments.hints import hear
from reseller_portal.refusals import Refusal

log = structlog.get_logger(__name__)


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Take word of the gateway, which is only a reason to ask it. Raises Http404 without cards.

    Repeats, any order, and what concerns nothing of ours are fine: 200. A wrong signature is 400;
    503 asks for a repeat.
    """
    if not cards_are_on():
        raise Http404
    try:
        hint = gateway().read_webhook(request.body, request.headers.get("Stripe-Signature", ""))
    except WrongSignatureError:
        log.warning("webhook_not_signed")
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    try:
        if hint is not None:
            hear(hint, timezone.now())
    except Refusal:
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
    return HttpResponse(status=HTTPStatus.OK)
