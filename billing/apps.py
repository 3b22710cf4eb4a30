"""Accounts, the ledger, and how money comes in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    """Accounts, the ledger, and how money comes in."""

    name = "billing"
    verbose_name = _("Billing")

    def ready(self) -> None:
        """Declare the exports, the mails, and what card payments are for."""
        import billing.deposits
        import billing.emails
        import billing.exports  # noqa: F401
