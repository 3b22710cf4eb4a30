"""New resellers, invitations and sign-in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """New resellers, invitations and sign-in."""

    name = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        """Declare the mails."""
        import people.emails  # noqa: F401
