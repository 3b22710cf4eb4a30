"""New resellers, invitations, sign-in and the vendor's admin site."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """New resellers, invitations, sign-in and the vendor's admin site."""

    name = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        """Declare the mails and the exports."""
        import people.activity.exports
        import people.emails  # noqa: F401


class VendorAdminConfig(admin_apps.AdminConfig):
    """The admin site, over the portal's own tables only."""

    default = False
    default_site = "people.site.VendorSite"

    def ready(self) -> None:
        """Take out what libraries registered: it holds secrets, or nothing that is used here."""
        super().ready()
        from allauth.account.models import EmailAddress
        from allauth.mfa.models import Authenticator
        from django.contrib.admin import site
        from django.contrib.auth.models import Group

        site.unregister([Authenticator, EmailAddress, Group])
