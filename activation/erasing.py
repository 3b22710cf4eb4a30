"""Where a customer's contact person stands besides the customer's own row, and how that goes."""

from typing import Any

from django.db.models import CharField, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Lower
from django.utils.translation import gettext as _

from activation.models import Customer
from licenses.models import License
from mailing.models import ERASED, Mail, MailState
from resellers.models import AuditEvent, Reseller, User

UNSENT = (MailState.QUEUED, MailState.FAILED, MailState.STUCK)
CORRECTED = ("customer_email_gone", "customer_email_new")
MAILBOX = "mailbox"  # in lower case


def erased_address(customer: Customer) -> str:
    """Return what stands in place of an address; no mail can go there."""
    return f"erased-{customer.uuid}{ERASED}"


def addresses_of(customer: Customer) -> set[str]:
    """Return every address that the person had, in lower case, unless it is somebody else's too."""
    earlier = _corrections(customer.reseller).filter(about=str(customer.uuid))
    found = {customer.email.lower(), *earlier.values_list(MAILBOX, flat=True)}
    others = (rows.filter(mailbox__in=found) for rows in _of_others(customer))
    return found.difference(*(rows.values_list(MAILBOX, flat=True) for rows in others))


def erase_from_mails(customer: Customer, addresses: set[str]) -> None:
    """Erase the person from the outbox: addresses and own words; drop what was not sent."""
    mails = _mails_to(customer, addresses)
    reason = _("The person's data were erased.")
    mails.filter(state__in=UNSENT).update(
        state=MailState.DROPPED, reason=reason, set_aside_at=None, set_aside_by=None
    )
    mails.update(to=erased_address(customer), params={})


def erase_from_events(customer: Customer, addresses: set[str]) -> None:
    """Erase the addresses from the records of mails that were sent once more."""
    events = AuditEvent.objects.for_reseller(customer.reseller).filter(changes__has_key="to")
    to = Lower(KeyTextTransform("to", "changes"))
    for event in events.alias(mailbox=to).filter(mailbox__in=addresses):
        event.changes["to"] = erased_address(customer)
        event.save(update_fields=["changes"])


def _mails_to(customer: Customer, addresses: set[str]) -> QuerySet[Mail]:
    """Return the mails to the person: at any of the addresses, or about it or its licenses.

    Its link may have gone to an address that nobody else is known to have.
    """
    licenses = License.objects.for_reseller(customer.reseller).filter(customer=customer).order_by()
    its = licenses.annotate(public_id=Cast("uuid", CharField())).values("public_id")
    strange = Q(about__in=its)
    for rows in _of_others(customer):
        strange &= ~Q(mailbox__in=rows.values(MAILBOX))
    about = Q(about=str(customer.uuid)) & ~Q(mailbox__in=_people(customer.reseller).values(MAILBOX))
    mails = Mail.objects.for_reseller(customer.reseller).alias(mailbox=Lower("to"))
    found = mails.filter(Q(mailbox__in=addresses) | about | strange)
    return Mail.objects.filter(pk__in=list(found.values_list("pk", flat=True)))


def _of_others(customer: Customer) -> tuple[QuerySet[Any], ...]:
    """Return whose addresses stay: who signs in, the other customers, and what theirs were."""
    customers = Customer.objects.for_reseller(customer.reseller).exclude(pk=customer.pk)
    return (
        _people(customer.reseller),
        customers.annotate(mailbox=Lower("email")),
        _corrections(customer.reseller).exclude(about=str(customer.uuid)),
    )


def _people(reseller: Reseller) -> QuerySet[Any]:
    people = User.objects.filter(Q(reseller=reseller) | Q(is_staff=True))
    return people.annotate(mailbox=Lower("email"))


def _corrections(reseller: Reseller) -> QuerySet[Any]:
    mails = Mail.objects.for_reseller(reseller).filter(kind__in=CORRECTED)
    return mails.annotate(mailbox=Lower("to")).order_by()
