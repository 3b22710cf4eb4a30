"""What people do with a license that is in use."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from licenses.models import License
from licenses.reasons import why_not_change_billing
from licenses.steps import license_for, lock_license, set_recurrent
from reseller_portal.refusals import Refusal
from resellers.models import User
from resellers.steps import record


@transaction.atomic(durable=True)
def change_billing_state(
    license_uuid: UUID, recurrent: bool, *, actor: User, now: datetime
) -> License:
    """Turn auto-renew of a license on or off; one that is so already stays as it is.

    Raises Refusal unless the license is active or in grace on the reseller's day, and
    License.DoesNotExist for a stranger's license.
    """
    license = lock_license(license_for(actor, license_uuid))
    today = license.reseller.day_of(now)
    reason = why_not_change_billing(license, today)
    if reason:
        raise Refusal(reason)
    if license.recurrent != recurrent:
        set_recurrent([license], recurrent, actor=actor, today=today)
    return license


@transaction.atomic(durable=True)
def disclose_code(license_uuid: UUID, *, actor: User) -> str:
    """Return the activation code to vendor staff, who find licenses without seeing codes.

    That they saw it is written down.
    """
    license = license_for(actor, license_uuid)
    record("license.code_shown", str(license.uuid), reseller=license.reseller, actor=actor)
    return license.activation_code
