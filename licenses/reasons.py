"""Why something cannot be done with a license: sentences for the person, or None where it can.

The menus, the dialogs and the actions all ask here.
"""

from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from licenses.models import License
from licenses.renewing.schedule import offered_from
from licenses.status import LicenseStatus
from reseller_portal.display import day_text

MAY_ONLY_LOOK: Promise = gettext_lazy(
    "Your role may only look. Ask an agent or an admin of your company."
)
MAY_NOT_SEE_CODES: Promise = gettext_lazy(
    "Your role may not see activation links. Ask an agent or an admin of your company."
)

ONLY_ADMINS: Promise = gettext_lazy("Only an admin of your company may ask for a refund.")


def why_not_activate(license: License) -> str | None:
    """Say why a license can no longer be activated; its link is dead for the same reason."""
    if license.cancelled_at is not None:
        cancelled_on = day_text(license.reseller.day_of(license.cancelled_at))
        return _(
            "Cancelled on %(day)s: its link no longer works. Choose a license that is available."
        ) % {"day": cancelled_on}
    if license.anchor_on is not None:
        return _("Used since %(day)s. Choose a license that is available.") % {
            "day": day_text(license.anchor_on)
        }
    return None


def why_not_replace_code(license: License) -> str | None:
    """Say why a license keeps its code."""
    if license.cancelled_at is not None:
        return _("Cancelled: its link no longer works, and a new code would not either.")
    if license.anchor_on is not None:
        return _("Used since %(day)s: its code is of no more use to anybody.") % {
            "day": day_text(license.anchor_on)
        }
    return None


def why_not_refund(license: License, today: date) -> str | None:
    """Say why the money of a license cannot be asked for on the reseller's day `today`."""
    refund = getattr(license, "refund", None)
    if refund is not None and refund.is_waiting:
        return _("A refund is asked for already. The vendor decides about it.")
    if license.is_being_paid:
        return why_wait_for_the_card()
    match license.status_on(today):
        case LicenseStatus.AVAILABLE | LicenseStatus.ACTIVE:
            return None
        case LicenseStatus.CANCELLED:
            return _("Cancelled already: a license is refunded once.")
    return _("Its last day was %(day)s. What was used is not refunded.") % {
        "day": day_text(license.ends_on or today)
    }


def why_not_renew(license: License, today: date) -> str | None:
    """Say why the next period cannot be paid by hand on the reseller's day `today`."""
    never = why_not_change_billing(license, today)
    if never or license.ends_on is None:
        return never
    if license.is_being_paid:
        return why_wait_for_the_card()
    first = offered_from(license.ends_on)
    if today < first:
        return _("Too early: it can be renewed by hand from %(day)s on.") % {"day": day_text(first)}
    return None


def why_wait_for_the_card() -> str:
    """Say why nothing else is done while a card payment of a renewal is under way."""
    return _(
        "A card payment of its renewal is being checked, and nothing else is charged or paid back "
        "meanwhile. Look again later."
    )


def why_not_move(license: License, today: date) -> str | None:
    """Say why a license cannot be moved to another customer on the reseller's day `today`."""
    match license.status_on(today):
        case LicenseStatus.ACTIVE | LicenseStatus.GRACE:
            return None
        case LicenseStatus.AVAILABLE:
            return _("Not activated yet. Activate it for the customer who is to have it.")
        case LicenseStatus.CANCELLED:
            return _("Cancelled. Activate another license for the other customer.")
    return _("Expired: To was %(day)s. Activate another license for the other customer.") % {
        "day": day_text(license.ends_on or today)
    }


def why_not_change_billing(license: License, today: date) -> str | None:
    """Say why auto-renew can be turned neither on nor off on the reseller's day `today`."""
    match license.status_on(today):
        case LicenseStatus.ACTIVE | LicenseStatus.GRACE:
            return None
        case LicenseStatus.AVAILABLE:
            return _("Not activated yet. Activate the license first.")
        case LicenseStatus.CANCELLED:
            return _("Cancelled. A cancelled license renews neither by hand nor by itself.")
    return _("Expired: To was %(day)s and the days of grace are over. Buy a new license.") % {
        "day": day_text(license.ends_on or today)
    }
