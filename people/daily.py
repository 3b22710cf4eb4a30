"""What vendor staff do most days, with a link to each, and what they have to enter first."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from billing.models import VendorDetails


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
            "resellers_reseller_changelist",
            _("Look after a reseller"),
            _("its balance, orders, cards, people, and what waits"),
        ),
        *_finding(),
        _errand(
            "billing_account_changelist",
            _("Book a bank transfer"),
            _("find the account by the reference on the transfer, or by name"),
        ),
        _errand(
            "people_invitation_changelist",
            _("Open invitations"),
            _("who has not answered yet"),
            "?state=open",
        ),
        _errand(
            "catalog_product_changelist",
            _("Products and prices"),
            _("what is sold, what it costs today, and from when on something else"),
        ),
        _errand("work", _("Work waiting"), _("every queue: how much, since when, what is stuck")),
    ]


def _finding() -> list[Errand]:
    return [
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
    ]


def to_enter_first() -> list[Errand]:
    """Return what the portal lacks as long as staff have not entered it."""
    vendor = VendorDetails.objects.first()
    if vendor is not None and vendor.bank_details:
        return []
    label, page = _("Say where transfers go"), "billing_vendordetails_changelist"
    if vendor is None:
        label, page = _("Say who sells, and where transfers go"), "billing_vendordetails_add"
    return [_errand(page, label, _("stands on receipts, and tells resellers how to deposit"))]


def _errand(page: str, label: str, hint: str, query: str = "") -> Errand:
    return Errand(label, hint, reverse(f"admin:{page}") + query)
