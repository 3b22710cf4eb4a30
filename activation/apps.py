"""Activation links, customers and activations."""

from django.apps import AppConfig


class ActivationConfig(AppConfig):
    """Activation links, customers and activations."""

    name = "activation"

    def ready(self) -> None:
        """Declare the mail to customers."""
        import activation.emails  # noqa: F401
