"""Home, the search, seed, verify, readiness, figures and backup."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Home, the search, seed, verify, readiness, figures and backup."""

    name = "desk"

    def ready(self) -> None:
        """Declare the mails."""
        import desk.emails  # noqa: F401
