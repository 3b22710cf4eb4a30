"""What happened to an activated license, and to a customer: mails and actions, newest first."""

from datetime import datetime

from django.db.models import CharField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from activation.models import Customer
from licenses.history import (
    SHOWN,
    TOLD_BY_THEIR_MAIL,
    Entry,
    History,
    Names,
    about_any,
    abouts,
    gathered,
    name_of,
    names_of,
    with_license,
)
from licenses.models import License
from licenses.querysets import LicenseQuerySet
from licenses.tries import try_entries
from mailing.models import Mail
from resellers.models import AuditEvent, User
from resellers.record import sentence


def history(license: License, user: User, now: datetime) -> History:
    """Return the history of a license and of whose it is: four queries at most."""
    if license.customer is None:
        raise ValueError("only an activated license has this history")
    licenses = License.objects.for_reseller(license.reseller).filter(pk=license.pk)
    about = str(license.uuid)
    return _history(license.customer, licenses, user, now, latest_of=about, named=False)


def customer_history(customer: Customer, user: User, now: datetime) -> History:
    """Return the history of a customer and its licenses: five queries at most."""
    licenses = License.objects.for_reseller(customer.reseller).filter(customer=customer)
    return _history(customer, licenses, user, now, latest_of=str(customer.uuid), named=True)


def _history(
    customer: Customer,
    licenses: LicenseQuerySet,
    user: User,
    now: datetime,
    *,
    latest_of: str,
    named: bool,
) -> History:
    reseller = customer.reseller
    customers = Customer.objects.for_reseller(reseller).filter(pk=customer.pk)
    itself = customers.annotate(public_id=Cast("uuid", CharField())).values("public_id")
    mails = list(about_any(Mail.objects.for_reseller(reseller), itself, licenses)[:SHOWN])
    events = about_any(AuditEvent.objects.for_reseller(reseller), itself, licenses)
    told = list(events.exclude(verb__in=TOLD_BY_THEIR_MAIL)[:SHOWN])
    others = abouts(mails, told) - {str(customer.uuid)}
    names = names_of(licenses, others) if named else {}
    entries = [_entry(event, customer, names) for event in told]
    entries += try_entries(reseller, licenses, user, named=named)
    return gathered(mails, entries, names, now, latest_of=latest_of)


def _entry(event: AuditEvent, customer: Customer, names: Names) -> Entry:
    of_customer = event.about == str(customer.uuid)
    kind = _("Customer") if of_customer else _("License")
    text = with_license(sentence(event, customer.reseller.currency), event.about, names)
    return Entry(kind, event.at, text, name_of(event.actor))
