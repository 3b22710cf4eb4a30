"""The menu of one license: what a person may do with it now, and why not where not."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from licenses.models import License
from licenses.reasons import (
    MAY_NOT_SEE_CODES,
    MAY_ONLY_LOOK,
    ONLY_ADMINS,
    why_not_activate,
    why_not_change_billing,
    why_not_refund,
    why_not_renew,
    why_not_replace_code,
)
from resellers.roles import Right

if TYPE_CHECKING:
    from resellers.models import User


@dataclass(frozen=True)
class MenuItem:
    """One line of the menu; with a `reason` it is listed but cannot be chosen."""

    label: str
    icon: str
    url: str
    reason: str | None


def row_menu(license: License, *, user: "User", today: date, query: str = "") -> list[MenuItem]:
    """Return the lines of a license's menu; `query` is what its pages need to lead back.

    The link's dialog opens for a used or cancelled license too: it says since when, or why not.
    """
    dead = why_not_activate(license)
    fixed = why_not_change_billing(license, today)
    no_codes = None if user.may_see_codes else str(MAY_NOT_SEE_CODES)
    only_look = None if user.may_operate else str(MAY_ONLY_LOOK)
    not_yet = why_not_renew(license, today)
    lines = [
        (_("Activation Link"), "link", "licenses:activation_link", no_codes),
        (_("Activate"), "check", "activation:for_license", only_look or dead),
        (
            _("Replace the Code"),
            "key",
            "licenses:replace_code",
            only_look or why_not_replace_code(license),
        ),
        (_("Change Billing State"), "renew", "licenses:billing_state", only_look or fixed),
        (_("Renew"), "wallet", "licenses:renew", only_look or not_yet),
    ]
    tail = f"?{query}" if query else ""
    items = [
        MenuItem(label, icon, reverse(name, args=[license.uuid]) + tail, reason)
        for label, icon, name, reason in lines
    ]
    return [*items, _refund(license, user, today)]


def _refund(license: License, user: "User", today: date) -> MenuItem:
    only_admins = None if user.may(Right.ADMINISTER) else str(ONLY_ADMINS)
    address = reverse("orders:refund", args=[license.order.number])
    reason = only_admins or why_not_refund(license, today)
    return MenuItem(_("Ask for a Refund"), "undo", f"{address}?license={license.uuid}", reason)
