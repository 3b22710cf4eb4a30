"""What vendor staff do most days, with a link to each."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Errand:
    """A piece of work and where it is done."""

    label: str
    hint: str
    url: str


def daily_work() -> list[Errand]:
    """Return the links at the top of the admin site."""
    licenses = reverse("admin:licenses_license_changelist")
    mails = reverse("admin:mailing_mail_changelist")
    exports = reverse("admin:exports_export_changelist")
    accounts = reverse("admin:billing_account_changelist")
    return [
        Errand(
            _("Open a new reseller"),
            _("with its first admin, who is invited by mail"),
            reverse("admin:resellers_reseller_open"),
        ),
        Errand(
            _("Find an order"),
            _("by number, activation code or the customer's e-mail"),
            reverse("admin:orders_order_changelist"),
        ),
        Errand(
            _("Find a license"),
            _("by activation code, order number or the customer's e-mail"),
            licenses,
        ),
        Errand(
            _("Book a bank transfer"),
            _("open the account of its reseller"),
            accounts,
        ),
        Errand(
            _("Parked accounts"),
            _("neither buy nor renew: see why, and release them"),
            f"{accounts}?parked=yes",
        ),
        Errand(
            _("Mails that were given up"),
            _("failed or stuck: see why, and try again"),
            f"{mails}?given_up=yes",
        ),
        Errand(
            _("Exports that were given up"),
            _("failed or stuck: see why, and try again"),
            f"{exports}?given_up=yes",
        ),
        Errand(
            _("Open invitations"),
            _("who has not answered yet"),
            reverse("admin:people_invitation_changelist") + "?state=open",
        ),
    ]
