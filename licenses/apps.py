"""Licenses, periods and their billing state."""

from django.apps import AppConfig


class LicensesConfig(AppConfig):
    """Licenses, periods and their billing state."""

    name = "licenses"

    def ready(self) -> None:
        """Declare the mails and the exports."""
        import licenses.emails
        import licenses.upcoming.exports  # noqa: F401
