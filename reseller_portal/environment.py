"""What the process is told from outside: environment variables, read and checked in one place."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

PROJECT = Path(__file__).resolve().parent.parent
REQUIRED = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "EMAIL_URL")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})

env = environ.Env()


def state_folder() -> Path:
    """Return the one folder that holds everything which is written at run time."""
    return Path(os.environ.get("PORTAL_STATE") or PROJECT / "var").resolve()


def read_local_environment() -> None:
    """Take over what a running `make run` wrote, unless a database is already named."""
    if os.environ.get("DATABASE_URL"):
        return
    written = state_folder() / "env"
    if written.is_file():
        environ.Env.read_env(written)


def demo() -> bool:
    """Say whether this is the local demonstration that `make run` starts."""
    return bool(env.bool("DEMO", default=False))


def check_environment() -> None:
    """Refuse to start on a missing variable, or on a demonstration that others could reach.

    Raises ImproperlyConfigured with the names and what to do.
    """
    if demo():
        _check_loopback()
        return
    missing = [name for name in REQUIRED if not os.environ.get(name)]
    if missing:
        raise ImproperlyConfigured(
            f"Set {', '.join(missing)} in the environment (README, “Deploy”), "
            "or start the local demonstration with `make run`."
        )
    if os.environ.get("STRIPE_SECRET_KEY") and not os.environ.get("STRIPE_WEBHOOK_SECRET"):
        raise ImproperlyConfigured(
            "Set STRIPE_WEBHOOK_SECRET too, or what Stripe tells the portal cannot be checked "
            "(README, “Deploy”)."
        )


def _check_loopback() -> None:
    hosts = [*env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])]
    hosts.append(urlsplit(site_url()).hostname or "")
    strange = sorted(set(hosts) - LOOPBACK)
    if strange:
        raise ImproperlyConfigured(
            f"DEMO serves this machine only, but was told to serve {', '.join(strange)}. "
            "Unset DEMO for a real deployment."
        )


def site_url() -> str:
    """Return the address people use, without a trailing slash."""
    default = f"http://127.0.0.1:{env.int('PORT', default=8000)}"
    return str(env.str("SITE_URL", default=default)).rstrip("/")


def database(default: str) -> dict[str, object]:
    """Return Django's settings of DATABASE_URL, whose host may be a quoted socket folder."""
    config: dict[str, object] = dict(env.db_url("DATABASE_URL", default=default))
    config["HOST"] = unquote(str(config["HOST"]))
    options = dict(config.get("OPTIONS") or {})  # type: ignore[call-overload]
    options.setdefault("connect_timeout", 3)
    return {**config, "OPTIONS": options, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def email(default: str) -> dict[str, object]:
    """Return Django's mail settings for EMAIL_URL; SMTP always has a time-out of 10 seconds."""
    url = env.str("EMAIL_URL", default=default)
    config: dict[str, object] = dict(env.email_url_config(url))
    timeout = dict(config.pop("OPTIONS", {})).get("TIMEOUT", 10)  # type: ignore[call-overload]
    return {**config, "EMAIL_TIMEOUT": timeout}
