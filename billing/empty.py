"""What the balance says before anything has moved it."""

from django.urls import reverse
from django.utils.translation import gettext as _

from billing.models import VendorDetails
from reseller_portal.empty import Empty


def empty(vendor: VendorDetails, *, may_deposit: bool) -> Empty:
    """Return what will stand there, and how the first money gets there."""
    text = _("Deposits, purchases, renewals and refunds will stand here, each with what it left.")
    if vendor.bank_details and may_deposit:
        text += " " + _("Begin with a bank transfer, as described above, or by card.")
    elif vendor.bank_details:
        text += " " + _("Begin with a bank transfer, as described above.")
    elif not may_deposit:
        text += " " + _("Ask the vendor how to deposit money.")
    heading = _("Nothing has moved the balance yet")
    if not may_deposit:
        return Empty("wallet", heading, text)
    return Empty("wallet", heading, text, reverse("billing:deposit"), _("Deposit by card"))
