"""The three ways to activate a license: for a customer one knows, for a new one, by the link."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from activation.models import Activation
from activation.steps import (
    CustomerDetails,
    activate,
    customer_for,
    known_customer,
    lock_for_activation,
    new_customer,
)
from licenses.codes import as_stored
from licenses.models import License
from licenses.steps import license_for
from reseller_portal.refusals import Refusal
from resellers.models import User


@transaction.atomic(durable=True)
def activate_for_existing(
    license_uuid: UUID, email: str, *, actor: User, now: datetime
) -> Activation:
    """Activate a license for the reseller's customer with a registered e-mail.

    Raises UnknownCustomer, Refusal for a license that cannot be activated, and License.DoesNotExist
    for a stranger's.
    """
    license = lock_for_activation(license_for(actor, license_uuid))
    customer = known_customer(license.reseller, email)
    terms = license.product.terms_version
    return activate(license, customer, by=actor, terms_version=terms, now=now)


@transaction.atomic(durable=True)
def activate_for_new(
    license_uuid: UUID, details: CustomerDetails, *, actor: User, now: datetime
) -> Activation:
    """Activate a license for a customer who is new to the reseller.

    Raises KnownCustomer, and otherwise as `activate_for_existing`.
    """
    license = lock_for_activation(license_for(actor, license_uuid))
    customer = new_customer(license.reseller, details, now)
    terms = license.product.terms_version
    return activate(license, customer, by=actor, terms_version=terms, now=now)


@transaction.atomic(durable=True)
def activate_by_link(
    code: str, details: CustomerDetails, *, terms_version: str, now: datetime
) -> Activation:
    """Activate the license with this code for the customer who submitted the public form.

    `terms_version` is what the customer read; empty for whatever holds now. A known e-mail joins
    the license to that customer, whose data stays. Raises Refusal for a license that cannot be
    activated (any more) or terms that have changed, License.DoesNotExist for an unknown code or
    one that was replaced.
    """
    stored = as_stored(code)
    license = lock_for_activation(License.objects.get(activation_code=stored))
    if license.activation_code != stored:  # replaced while this one waited for the lock
        raise License.DoesNotExist
    terms = license.product.terms_version
    if terms_version not in {"", terms}:
        raise Refusal(
            _("The terms have changed since you opened this page. Read them and accept them anew."),
            field="terms",
        )
    customer, _is_new = customer_for(license.reseller, details, now)
    return activate(license, customer, by=None, terms_version=terms, now=now)
