"""Licenses, periods and their billing state."""

from django.apps import AppConfig


class LicensesConfig(AppConfig):
    """Licenses, periods and their billing state."""

    name = "licenses"

    def ready(self) -> None:
        """Declare the mails, the exports, and what card payments are for."""
        import licenses.emails
        import licenses.renewing.cards
        import licenses.upcoming.exports  # noqa: F401
