"""What the record says of money. Why an account was parked is the vendor's to read."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext as _g, gettext_lazy as _

from resellers.models import Reseller
from resellers.naming import Named, keys_of, names_things
from resellers.record import money, says, thing

thing("account", _("Balance"))

says(
    "account.deposit_booked",
    _("Deposit booked"),
    _("Deposit of %(amount)s booked, %(reference)s"),
    amount=money,
)
says(
    "account.deposit_returned",
    _("Deposit sent back"),
    _("Deposit sent back: %(amount)s, %(reference)s"),
    amount=money,
)
says(
    "account.adjusted",
    _("Balance adjusted"),
    _("Balance adjusted by %(amount)s: %(reference)s"),
    amount=money,
)
says(
    "account.credit_limit_changed",
    _("Credit limit changed"),
    _("Credit limit changed from %(was)s to %(credit_limit)s"),
    was=money,
    credit_limit=money,
)
says(
    "account.low_balance_changed",
    _("Low balance warning changed"),
    _("Low balance warning changed from below %(was)s to below %(below)s"),
    was=money,
    below=money,
)
says("account.parked", _("Account parked by the vendor"))
says("account.released", _("Account released by the vendor"))
says("vendordetails.changed", _("Vendor details changed"))


@names_things
def accounts(reseller: Reseller, abouts: set[str]) -> Mapping[str, Named]:
    """Name the company's one account."""
    about = keys_of(abouts, "account").get(reseller.account.pk) if abouts else None
    return {about: Named(_g("Balance"), reverse("billing:balance"))} if about else {}
