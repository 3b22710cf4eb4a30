"""What a person may do with an activated license now, and why not where not."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from licenses.menu import MenuItem
from licenses.models import License
from licenses.pages import ACTIVATION
from licenses.reasons import (
    MAY_ONLY_LOOK,
    why_not_change_billing,
    why_not_move,
    why_not_renew,
)
from resellers.models import User


def actions(license: License, *, user: User, today: date) -> list[MenuItem]:
    """Return the buttons of an activation; their dialogs lead back to it."""
    only_look = None if user.may_operate else str(MAY_ONLY_LOOK)
    fixed, stays = why_not_change_billing(license, today), why_not_move(license, today)
    lines = [
        (_("Renew"), "wallet", "licenses:renew", only_look or why_not_renew(license, today)),
        (_("Change Billing State"), "renew", "licenses:billing_state", only_look or fixed),
        (_("Move to Another Customer"), "building", "activation:move", only_look or stays),
    ]
    items = [
        MenuItem(label, icon, f"{reverse(name, args=[license.uuid])}?in={ACTIVATION}", reason)
        for label, icon, name, reason in lines
    ]
    return [*items, _correct_email(license, only_look)]


def _correct_email(license: License, only_look: str | None) -> MenuItem:
    customer = license.customer
    if customer is None:
        raise ValueError("only an activated license has a customer")
    erased = _("The customer's personal data are erased.") if customer.is_erased else None
    url = f"{reverse('activation:correct_email', args=[customer.uuid])}?license={license.uuid}"
    return MenuItem(_("Correct the Customer's E-mail"), "mail", url, only_look or erased)
