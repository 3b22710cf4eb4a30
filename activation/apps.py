"""Activation links, customers and activations."""

from django.apps import AppConfig


class ActivationConfig(AppConfig):
    """Activation links, customers and activations."""

    name = "activation"
