"""What is done to a customer: its address is put right, its person's data are erased."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from activation.erasing import addresses_of, erase_from_events, erase_from_mails, erased_address
from activation.models import Customer
from activation.steps import customer_with
from mailing.steps import queue_mail
from reseller_portal.refusals import Refusal
from resellers.models import User
from resellers.steps import record


@transaction.atomic(durable=True)
def correct_email(customer_uuid: UUID, email: str, *, actor: User, now: datetime) -> Customer:
    """Put a customer's registered e-mail right; the old and the new address are told by mail.

    The record names neither: they stand in the mails, from where they can be erased. Raises Refusal
    for an address that is no other, or another customer's, and Customer.DoesNotExist for a
    stranger's customer.
    """
    customer = lock_customer(customer_uuid, actor)
    old = customer.email
    _check(customer, email)
    customer.email = email
    try:
        with transaction.atomic():
            customer.save(update_fields=["email"])
    except IntegrityError:
        raise _taken(customer, email) from None
    about, reseller = str(customer.uuid), customer.reseller
    event = record("customer.email_corrected", about, reseller=reseller, actor=actor)
    for kind, to in (("customer_email_gone", old), ("customer_email_new", email)):
        key = f"{kind}:{event.pk}"
        queue_mail(kind, key=key, to=to, about=about, reseller=reseller, actor=actor, now=now)
    return customer


def lock_customer(customer_uuid: UUID, actor: User) -> Customer:
    """Lock the customer that a person means and return it as it is now.

    Vendor staff may mean any reseller's. Raises Customer.DoesNotExist alike for another reseller's
    customer and for none.
    """
    customers = Customer.objects.select_for_update(no_key=True, of=("self",))
    if not actor.is_staff:
        customers = customers.filter(reseller=actor.reseller_id)
    return customers.select_related("reseller").get(uuid=customer_uuid)


def _check(customer: Customer, email: str) -> None:
    if customer.is_erased:
        raise Refusal(_("This customer's personal data are erased: there is no address any more."))
    if customer.email == email:
        said = _("%(email)s is the registered address already. Give the right one.")
        raise Refusal(said % {"email": email}, field="email")
    other = customer_with(customer.reseller, email)
    if other is not None and other.pk != customer.pk:
        raise _taken(other, email)


def _taken(other: Customer, email: str) -> Refusal:
    said = _(
        "%(email)s is already registered for your customer %(company)s. Give another address, or "
        "move the license to them."
    )
    return Refusal(said % {"email": email, "company": other.company}, field="email")


@transaction.atomic(durable=True)
def erase_person(customer_uuid: UUID, *, actor: User, now: datetime) -> Customer:
    """Erase a customer's contact person for good: name and address, in mails and records too.

    Every address that the person ever had goes. The company, its licenses and what happened stay;
    a mail that still waits or was given up is dropped. Raises Refusal for one erased already.
    """
    customer = lock_customer(customer_uuid, actor)
    if customer.is_erased:
        raise Refusal(_("This customer's personal data are erased already."))
    addresses = addresses_of(customer)
    erase_from_mails(customer, addresses)
    erase_from_events(customer, addresses)
    customer.email, customer.name, customer.erased_at = erased_address(customer), "", now
    customer.save(update_fields=["email", "name", "erased_at"])
    record("customer.erased", str(customer.uuid), reseller=customer.reseller, actor=actor)
    return customer
