"""What a process is told from outside, and what it refuses to start with."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from reseller_portal.environment import REQUIRED, check_environment


@pytest.fixture(autouse=True)
def _deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell what a deployment has to be told, and nothing else."""
    for name in ("DEMO", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"):
        monkeypatch.delenv(name, raising=False)
    for name in REQUIRED:
        monkeypatch.setenv(name, "given")


@pytest.mark.parametrize("name", REQUIRED)
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    check_environment()
    monkeypatch.setenv(name, "")

    with pytest.raises(ImproperlyConfigured, match=f"^Set {name} in the environment"):
        check_environment()


def test_cards_need_the_secret_of_their_webhook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_live_given")
    with pytest.raises(ImproperlyConfigured, match="Set STRIPE_WEBHOOK_SECRET too"):
        check_environment()

    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", "whsec_given")

    check_environment()


def test_a_demonstration_serves_this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO", "1")
    monkeypatch.setenv("SITE_URL", "http://127.0.0.1:8000")
    monkeypatch.setenv("ALLOWED_HOSTS", "127.0.0.1,portal.example.com")

    with pytest.raises(ImproperlyConfigured, match=r"portal\.example\.com"):
        check_environment()
