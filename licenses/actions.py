"""What people do with a license."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from licenses.codes import as_stored, is_whole, new_activation_code
from licenses.models import License, ReplacedCode
from licenses.reasons import why_not_change_billing, why_not_replace_code
from licenses.steps import license_for, lock_license, lock_order_of, set_recurrent
from reseller_portal.refusals import Refusal
from resellers.models import User
from resellers.roles import Right
from resellers.steps import lock_company_for, record


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
def look_up_code(typed: str, *, actor: User) -> License | None:
    """Return the license that has a whole activation code, or had it, to vendor staff.

    That they had the code is written down; one that no license ever had is not.
    """
    code = as_stored(typed)
    if not is_whole(code):
        return None
    license = License.objects.filter(activation_code=code).first()
    if license is None:
        replaced = ReplacedCode.objects.filter(code=code).select_related("license").first()
        license = replaced.license if replaced else None
    if license is not None:
        record("license.looked_up", str(license.uuid), reseller=license.reseller, actor=actor)
    return license


@transaction.atomic(durable=True)
def replace_code(
    license_uuid: UUID, *, number: int | None = None, actor: User, now: datetime
) -> License:
    """Give a license that nobody has activated another code; the link of the old one is dead.

    `number` says which of its codes the person saw: one that was replaced since is not replaced
    once more. Raises Refusal for a license that is activated or cancelled, and for who may not (any
    more); License.DoesNotExist for a stranger's.
    """
    license = license_for(actor, license_uuid)
    lock_company_for(actor, Right.OPERATE)
    lock_order_of(license)
    license = lock_license(license)
    reason = why_not_replace_code(license)
    if reason:
        raise Refusal(reason)
    if number not in {None, license.code_number}:
        return license
    old = {"number": license.code_number, "code": license.activation_code}
    license.code_number += 1
    license.activation_code, license.link_sent_at = new_activation_code(), None
    license.save(update_fields=["code_number", "activation_code", "link_sent_at"])
    ReplacedCode.objects.create(reseller=license.reseller, license=license, replaced_at=now, **old)
    record("license.code_replaced", str(license.uuid), reseller=license.reseller, actor=actor)
    return license


@transaction.atomic(durable=True)
def disclose_code(license_uuid: UUID, *, actor: User) -> str:
    """Return the activation code to vendor staff, who find licenses without seeing codes.

    That they saw it is written down.
    """
    license = license_for(actor, license_uuid)
    record("license.code_shown", str(license.uuid), reseller=license.reseller, actor=actor)
    return license.activation_code
