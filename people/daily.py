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
    return [
        _errand(
            "resellers_reseller_open",
            _("Open a new reseller"),
            _("with its first admin, who is invited by mail"),
        ),
        _errand(
            "orders_order_changelist",
            _("Find an order"),
            _("by number, activation code or the customer's e-mail"),
        ),
        _errand(
            "licenses_license_changelist",
            _("Find a license"),
            _("by activation code, order number or the customer's e-mail"),
        ),
        *_money(),
        *_given_up(),
        _errand(
            "people_invitation_changelist",
            _("Open invitations"),
            _("who has not answered yet"),
            "?state=open",
        ),
    ]


def _money() -> list[Errand]:
    accounts = "billing_account_changelist"
    return [
        _errand(accounts, _("Book a bank transfer"), _("open the account of its reseller")),
        _errand(
            "orders_refund_changelist",
            _("Refunds that wait"),
            _("asked for by resellers: approve or reject them"),
            "?state__exact=asked",
        ),
        _errand(
            accounts,
            _("Parked accounts"),
            _("neither buy nor renew: see why, and release them"),
            "?parked=yes",
        ),
    ]


def _given_up() -> list[Errand]:
    hint, query = _("failed or stuck: see why, and try again"), "?given_up=yes"
    return [
        _errand("mailing_mail_changelist", _("Mails that were given up"), hint, query),
        _errand("exports_export_changelist", _("Exports that were given up"), hint, query),
    ]


def _errand(page: str, label: str, hint: str, query: str = "") -> Errand:
    return Errand(label, hint, reverse(f"admin:{page}") + query)
