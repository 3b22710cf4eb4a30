"""What a person may do with an activated license now, and why not where not."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from licenses.menu import MenuItem
from licenses.models import License
from licenses.pages import ACTIVATION
from licenses.reasons import MAY_ONLY_LOOK, why_not_change_billing
from resellers.models import User


def actions(license: License, *, user: User, today: date) -> list[MenuItem]:
    """Return the buttons of an activation; their dialogs lead back to it."""
    only_look = None if user.may_operate else str(MAY_ONLY_LOOK)
    fixed = why_not_change_billing(license, today)
    lines = [
        (_("Change Billing State"), "renew", "licenses:billing_state", only_look or fixed),
    ]
    return [
        MenuItem(label, icon, f"{reverse(name, args=[license.uuid])}?in={ACTIVATION}", reason)
        for label, icon, name, reason in lines
    ]
