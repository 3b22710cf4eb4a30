"""Companies and their people."""

from django.apps import AppConfig


class ResellersConfig(AppConfig):
    """Resellers, users and roles, distribution companies, and who did what."""

    name = "resellers"
