"""The outbox: mail kinds, delivery, log."""

from django.apps import AppConfig


class MailingConfig(AppConfig):
    """The outbox: mail kinds, delivery, log."""

    name = "mailing"
