"""The gateway of this installation."""

from functools import cache

from django.conf import settings

from billing.gateway.interface import Gateway
from billing.gateway.stripe_api import StripeGateway


def cards_are_on() -> bool:
    """Say whether cards can be used here; without a gateway's key they are hidden."""
    return bool(settings.STRIPE_SECRET_KEY)


def gateway() -> Gateway:
    """Return the gateway that the settings name."""
    return _gateway(
        settings.STRIPE_SECRET_KEY,
        settings.STRIPE_WEBHOOK_SECRET,
        settings.STRIPE_API_BASE,
        tuple(settings.STRIPE_TIMEOUT_SECONDS),
    )


@cache
def _gateway(
    secret_key: str, webhook_secret: str, base: str, timeout: tuple[float, float]
) -> Gateway:
    return StripeGateway(secret_key, webhook_secret, base, timeout)
