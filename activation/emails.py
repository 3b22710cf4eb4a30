"""The mail to a customer whose license was activated."""

from django.utils.translation import gettext as _, gettext_lazy

from activation.models import Activation
from licenses.codes import last_group
from mailing.kinds import MailText, UndeliverableError, mail_kind
from mailing.letters import letter
from mailing.models import Mail


@mail_kind("license_activated", gettext_lazy("License activated"))
def license_activated(mail: Mail) -> MailText:
    """Write to the customer what is active, from when to when, and whom to ask.

    It names the license by the last group of its code: the code itself is of no more use. Raises
    UndeliverableError once the license has been cancelled.
    """
    activations = Activation.objects.select_related(
        "customer", "reseller", "license__product", "license__order"
    )
    activation = activations.get(reseller=mail.reseller, license__uuid=mail.about)
    if activation.license.cancelled_at is not None:
        raise UndeliverableError(_("The license has been cancelled since."))
    product = activation.license.product
    return letter(
        mail,
        _("%(product)s is active") % {"product": product},
        activation=activation,
        license=activation.license,
        customer=activation.customer,
        by_link=activation.by_id is None,
        ending=last_group(activation.license.activation_code),
    )
