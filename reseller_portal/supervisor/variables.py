"""The environment of the local demonstration. What the caller has set himself comes first."""

import os
from collections.abc import Mapping

from reseller_portal.supervisor.state import State

CONTRACT = (
    "DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEBUG", "DEMO", "ALLOWED_HOSTS", "SITE_URL",
    "EMAIL_URL", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_BASE", "METRICS_TOKEN",
    "TRUSTED_PROXY_COUNT",
)  # fmt: skip


def variables_for(state: State, urls: Mapping[str, str], port: int) -> dict[str, str]:
    """Return what every process of the demonstration is told; `urls` lead to its own servers."""
    ours = {
        **urls,
        "DEMO": "1",
        "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": state.secret("secret-key"),
    }
    given = {name: os.environ[name] for name in CONTRACT if os.environ.get(name)}
    return {**ours, **given, "PORTAL_STATE": str(state.root)}
