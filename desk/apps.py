"""Home, the search, seed, verify and readiness."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Home, the search, seed, verify and readiness."""

    name = "desk"

    def ready(self) -> None:
        """Declare the mails."""
        import desk.emails  # noqa: F401
