"""Moving an activated license to another customer."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from activation.models import Activation, Customer
from activation.steps import CustomerDetails, known_customer, new_customer
from licenses.models import License
from licenses.reasons import why_not_move
from licenses.steps import license_for, lock_license
from mailing.steps import queue_mail
from reseller_portal.refusals import Refusal
from resellers.models import User
from resellers.steps import record


@transaction.atomic(durable=True)
def move_to_existing(license_uuid: UUID, email: str, *, actor: User, now: datetime) -> License:
    """Move a license to the reseller's customer with a registered e-mail; both are told by mail.

    Raises UnknownCustomer, Refusal unless the license is active or in grace, or for the customer
    who has it already, and License.DoesNotExist for a stranger's license.
    """
    license = _lock(license_uuid, actor, now)
    customer = known_customer(license.reseller, email)
    if customer.pk == license.customer_id:
        said = _("The license is %(company)s's already. Give the address of another customer.")
        raise Refusal(said % {"company": customer.company}, field="email")
    return _move(license, customer, actor, now)


@transaction.atomic(durable=True)
def move_to_new(
    license_uuid: UUID, details: CustomerDetails, *, actor: User, now: datetime
) -> License:
    """Move a license to a customer who is new to the reseller.

    Raises KnownCustomer, and otherwise as `move_to_existing`.
    """
    license = _lock(license_uuid, actor, now)
    return _move(license, new_customer(license.reseller, details, now), actor, now)


def _lock(license_uuid: UUID, actor: User, now: datetime) -> License:
    license = lock_license(license_for(actor, license_uuid))
    reason = why_not_move(license, license.reseller.day_of(now))
    if reason:
        raise Refusal(reason)
    return license


def _move(license: License, customer: Customer, actor: User, now: datetime) -> License:
    before = license.customer
    if before is None:
        raise ValueError("only an activated license is moved")
    license.customer = customer
    license.save(update_fields=["customer"])
    Activation.objects.filter(license=license).update(customer=customer)
    changes = {"from": before.company, "to": customer.company}
    about, reseller = str(license.uuid), license.reseller
    event = record("license.moved", about, reseller=reseller, actor=actor, **changes)
    sides = {"license_moved_away": before, "license_moved_here": customer}
    for kind, side in sides.items():
        if not side.is_erased:
            key, to = f"{kind}:{event.pk}", side.email
            queue_mail(kind, key=key, to=to, about=about, reseller=reseller, actor=actor, now=now)
    return license
