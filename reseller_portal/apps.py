"""The project's own app: the bases that every other app builds on."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Loads the Celery application, and the words of forms, whenever Django is loaded; not before.

    The package itself imports nothing, because the supervisor lives in it and needs neither.
    """

    name = "reseller_portal"

    def ready(self) -> None:
        """Make our Celery application the one that shared tasks belong to; give forms words."""
        from reseller_portal import celery  # noqa: F401
        from reseller_portal.form_words import speak

        speak()
