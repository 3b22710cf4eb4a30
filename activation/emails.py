"""The mails to customers: a license was activated or moved, an address was corrected."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from activation.models import Activation, Customer
from activation.texts import ACTIVATED, words_of
from licenses.codes import last_group
from licenses.models import License
from mailing.kinds import MailText, NobodyThereError, UndeliverableError, mail_kind
from mailing.letters import letter
from mailing.models import Mail
from resellers.models import User


@mail_kind("license_activated", gettext_lazy("License activated"), changeable=ACTIVATED)
def license_activated(mail: Mail) -> MailText:
    """Write to the customer what is active, from when to when, and whom to ask.

    An answer reaches the person who activated, or placed the order, as long as they work there. It
    names the license by the last group of its code: the code itself is of no more use. Raises
    UndeliverableError once the license has been cancelled.
    """
    activations = Activation.objects.select_related(
        "by", "customer", "reseller", "license__product", "license__order__user"
    )
    activation = activations.get(reseller=mail.reseller, license__uuid=mail.about)
    if activation.license.cancelled_at is not None:
        raise UndeliverableError(_("The license has been cancelled since."))
    product = activation.license.product
    reply_to = who_answers(activation)
    text = letter(
        mail,
        _("%(product)s is active") % {"product": product},
        filling=words_of(activation.license, activation.customer, activation.reseller),
        activation=activation,
        license=activation.license,
        customer=activation.customer,
        by_link=activation.by_id is None,
        ending=last_group(activation.license.activation_code),
        can_be_answered=bool(reply_to),
    )
    return replace(text, reply_to=reply_to)


def who_answers(activation: Activation) -> str:
    """Return the address of who can be asked at the reseller; empty once none of them is there."""
    return _first_there(activation.by, activation.license.order.user)


def _first_there(*people: User | None) -> str:
    return next((person.email for person in people if person and works_there(person)), "")


def works_there(person: User) -> bool:
    """Say whether a person is (still) one of the reseller's."""
    return person.is_active and not person.is_staff


@mail_kind("license_moved_away", gettext_lazy("License moved away"))
def license_moved_away(mail: Mail) -> MailText:
    """Tell who had a license that it is no longer theirs."""
    license = _license_of(mail)
    return answerable(
        mail,
        _("%(product)s is no longer registered for you") % {"product": license.product},
        license=license,
        ending=last_group(license.activation_code),
    )


@mail_kind("license_moved_here", gettext_lazy("License moved here"))
def license_moved_here(mail: Mail) -> MailText:
    """Tell a customer that a license is theirs now, and how long.

    Raises UndeliverableError once it is somebody else's, or cancelled.
    """
    license = _license_of(mail)
    customer = license.customer
    if customer is None or customer.email != mail.to:
        raise UndeliverableError(_("The license is somebody else's since."))
    if license.cancelled_at is not None:
        raise UndeliverableError(_("The license has been cancelled since."))
    return answerable(
        mail,
        _("%(product)s is registered for you") % {"product": license.product},
        license=license,
        customer=customer,
        ending=last_group(license.activation_code),
    )


@mail_kind("customer_email_gone", gettext_lazy("E-mail corrected: to the old address"))
def customer_email_gone(mail: Mail) -> MailText:
    """Tell the old address that it is no longer registered; it is not told the new one."""
    customer = _customer_of(mail)
    return answerable(mail, _("Your address is no longer registered"), customer=customer)


@mail_kind("customer_email_new", gettext_lazy("E-mail corrected: to the new address"))
def customer_email_new(mail: Mail) -> MailText:
    """Tell the new address what it is registered for.

    Raises UndeliverableError once another one is.
    """
    customer = _customer_of(mail)
    if customer.email != mail.to:
        raise UndeliverableError(_("The address has been corrected again since."))
    return answerable(mail, _("Your address is registered now"), customer=customer)


def _license_of(mail: Mail) -> License:
    licenses = License.objects.select_related("product", "customer", "reseller")
    return licenses.get(reseller=mail.reseller, uuid=mail.about)


def _customer_of(mail: Mail) -> Customer:
    customer = Customer.objects.get(reseller=mail.reseller, uuid=mail.about)
    if customer.is_erased:
        raise NobodyThereError(_("The person's data were erased."))
    return customer


def answerable(
    mail: Mail, subject: str, *, otherwise: User | None = None, **context: Any
) -> MailText:
    """Write a mail whose answer reaches the person who asked for it, while they work there.

    Once they do not, it reaches `otherwise`, if that person does.
    """
    reply_to = _first_there(mail.actor, otherwise)
    text = letter(mail, subject, can_be_answered=bool(reply_to), **context)
    return replace(text, reply_to=reply_to)
