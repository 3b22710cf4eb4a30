"""The mail to a customer whose license was activated."""

from dataclasses import replace

from django.utils.translation import gettext as _, gettext_lazy

from activation.models import Activation
from licenses.codes import last_group
from mailing.kinds import MailText, UndeliverableError, mail_kind
from mailing.letters import letter
from mailing.models import Mail
from resellers.models import User


@mail_kind("license_activated", gettext_lazy("License activated"))
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
    people = (activation.by, activation.license.order.user)
    return next((person.email for person in people if person and works_there(person)), "")


def works_there(person: User) -> bool:
    """Say whether a person is (still) one of the reseller's."""
    return person.is_active and not person.is_staff
