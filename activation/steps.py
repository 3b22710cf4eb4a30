"""What every way of activating a license shares; the caller's transaction is open.

Locks are taken in the order of all actions: the order, the license, the customer.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from activation.models import Activation, Customer
from licenses.calendar import period_days
from licenses.models import License, Period
from licenses.reasons import why_not_activate
from licenses.steps import lock_license, lock_order_of
from mailing.steps import queue_mail
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User
from resellers.steps import record


@dataclass(frozen=True)
class CustomerDetails:
    """What a new customer is known by; `country` is a two-letter code."""

    company: str
    name: str
    email: str
    country: str


class UnknownCustomer(Refusal):
    """No customer of this reseller has the e-mail: it may be a new one."""


class KnownCustomer(Refusal):
    """The e-mail already belongs to a customer of this reseller."""


def lock_for_activation(license: License) -> License:
    """Lock a license and its order; raises Refusal when it can no longer be activated."""
    lock_order_of(license)
    locked = lock_license(license)
    locked.order = license.order
    reason = why_not_activate(locked)
    if reason:
        raise Refusal(reason)
    return locked


def customer_with(reseller: Reseller, email: str) -> Customer | None:
    """Lock and return the reseller's customer with this registered e-mail, if there is one."""
    customers = Customer.objects.for_reseller(reseller).with_email(email)
    return customers.select_for_update(no_key=True).first()


def known_customer(reseller: Reseller, email: str) -> Customer:
    """Lock and return the customer with a registered e-mail. Raises UnknownCustomer."""
    customer = customer_with(reseller, email)
    if customer is None:
        raise UnknownCustomer(
            _(
                "None of your customers is registered with %(email)s. Check the address, or "
                "choose “New customer” and complete the form: the address is kept."
            )
            % {"email": email},
            field="email",
        )
    return customer


def new_customer(reseller: Reseller, details: CustomerDetails, now: datetime) -> Customer:
    """Return a customer who is new to the reseller. Raises KnownCustomer."""
    customer, is_new = customer_for(reseller, details, now)
    if not is_new:
        raise KnownCustomer(
            _(
                "%(email)s is already registered for your customer %(company)s. Choose "
                "“Existing customer” to go on with them, or give another address."
            )
            % {"email": details.email, "company": customer.company},
            field="email",
        )
    return customer


def customer_for(
    reseller: Reseller, details: CustomerDetails, now: datetime
) -> tuple[Customer, bool]:
    """Return the customer with this e-mail, and whether it is new.

    A known one keeps its data. Of two who come at once with a new e-mail, the database lets one in.
    """
    known = customer_with(reseller, details.email)
    if known is not None:
        return known, False
    try:
        with transaction.atomic():
            new = Customer.objects.create(reseller=reseller, created_at=now, **asdict(details))
    except IntegrityError:
        known = customer_with(reseller, details.email)
        if known is None:
            raise
        return known, False
    return new, True


def activate(
    license: License,
    customer: Customer,
    *,
    by: User | None,
    terms_version: str,
    now: datetime,
) -> Activation:
    """Activate a locked license for a customer: its days begin today, in the reseller's zone."""
    _begin_first_period(license, customer, now)
    license.order.available -= 1
    license.order.save(update_fields=["available"])
    activation = Activation.objects.create(
        reseller=license.reseller,
        license=license,
        customer=customer,
        by=by,
        terms_version=terms_version,
        at=now,
    )
    _tell(activation, by)
    return activation


def _begin_first_period(license: License, customer: Customer, now: datetime) -> None:
    today = license.reseller.day_of(now)
    starts_on, ends_on = period_days(today, license.order.term_months, 0)
    license.customer = customer
    license.activated_at, license.anchor_on, license.ends_on = now, starts_on, ends_on
    license.save(update_fields=["customer", "activated_at", "anchor_on", "ends_on"])
    Period.objects.create(
        reseller=license.reseller, license=license, number=0, starts_on=starts_on, ends_on=ends_on
    )


def _tell(activation: Activation, by: User | None) -> None:
    license, customer = activation.license, activation.customer
    record(
        "license.activated",
        str(license.uuid),
        reseller=license.reseller,
        actor=by,
        customer=customer.company,
        terms_version=activation.terms_version,
    )
    queue_mail(
        "license_activated",
        key=f"license_activated:{license.uuid}",
        to=customer.email,
        about=str(license.uuid),
        reseller=license.reseller,
        actor=by,
        now=activation.at,
    )
