"""The outbox: mail kinds, delivery, log."""

from django.apps import AppConfig


class MailingConfig(AppConfig):
    """The outbox: mail kinds, delivery, log."""

    name = "mailing"

    def ready(self) -> None:
        """Declare the mail with which a text is tried."""
        import mailing.emails  # noqa: F401
