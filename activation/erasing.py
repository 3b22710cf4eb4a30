"""Where a customer's contact person stands besides the customer's own row, and how that goes."""

from typing import Any

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast, Lower
from django.utils.translation import gettext as _

from activation.models import Customer
from licenses.models import License
from mailing.models import ERASED, Mail, MailState
from resellers.models import AuditEvent, User


def erased_address(customer: Customer) -> str:
    """Return what stands in place of an address; no mail can go there."""
    return f"erased-{customer.uuid}{ERASED}"


def erase_from_mails(customer: Customer) -> None:
    """Erase the person from the outbox: addresses and own words; drop what was not sent yet."""
    mails = _mails_to(customer)
    erased = {"to": erased_address(customer), "params": {}}
    reason = _("The person's data were erased.")
    mails.filter(state=MailState.QUEUED).update(state=MailState.DROPPED, reason=reason)
    mails.update(**erased)


def erase_from_events(customer: Customer) -> None:
    """Erase the address from the records of mails that were sent once more."""
    events = AuditEvent.objects.for_reseller(customer.reseller).filter(
        Q(about__in=_public_ids(customer)) | Q(about=str(customer.uuid)), changes__has_key="to"
    )
    for event in events.filter(changes__to__iexact=customer.email):
        event.changes["to"] = erased_address(customer)
        event.save(update_fields=["changes"])


def _mails_to(customer: Customer) -> QuerySet[Mail]:
    """Return the mails to the person: by this address, or about its licenses by an earlier one."""
    colleagues = User.objects.filter(Q(reseller=customer.reseller) | Q(is_staff=True))
    to_customers = ~Q(address__in=colleagues.values("email"))
    about = Q(about__in=_public_ids(customer)) | Q(about=str(customer.uuid))
    mails = Mail.objects.for_reseller(customer.reseller).alias(address=Lower("to"))
    found = mails.filter(Q(address=customer.email.lower()) | about & to_customers)
    return Mail.objects.filter(pk__in=list(found.values_list("pk", flat=True)))


def _public_ids(customer: Customer) -> "QuerySet[Any]":
    licenses = License.objects.for_reseller(customer.reseller).filter(customer=customer).order_by()
    return licenses.annotate(public_id=Cast("uuid", CharField())).values("public_id")
