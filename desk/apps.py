"""Home, seed, verify and readiness."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Home, seed, verify and readiness."""

    name = "desk"
