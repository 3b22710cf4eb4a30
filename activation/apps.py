"""Activation links, customers and activations."""

from django.apps import AppConfig


class ActivationConfig(AppConfig):
    """Activation links, customers and activations."""

    name = "activation"

    def ready(self) -> None:
        """Declare the mails and the exports of activations."""
        import activation.emails
        import activation.exports
        import activation.link_emails  # noqa: F401 (what is imported declares itself)
