"""Companies and their people."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ResellersConfig(AppConfig):
    """Resellers, users and roles, distribution companies, and who did what."""

    name = "resellers"

    def ready(self) -> None:
        """Read in each app's `sentences.py` what people did there is called."""
        autodiscover_modules("sentences")
