"""The mail that brings a customer the activation link of a license."""

from django.utils.translation import gettext as _, gettext_lazy

from activation.emails import answerable
from activation.texts import LINK, greeting
from catalog.terms import term_in_words
from licenses.links import KIND, activation_link
from licenses.models import License
from licenses.reasons import why_not_activate
from mailing.kinds import MailText, NobodyThereError, UndeliverableError, mail_kind
from mailing.models import Mail


@mail_kind(
    KIND,
    gettext_lazy("Activation link"),
    once=gettext_lazy("A link is sent again from the menu of its license."),
    changeable=LINK,
)
def activation_link_mail(mail: Mail) -> MailText:
    """Write what is to be activated, who sends it with which words, and the link.

    The row holds no code: it is looked up, and must be the one that was meant. Raises
    UndeliverableError once the link is of no use, NobodyThereError for a person who was erased.
    """
    if "code" not in mail.params:
        raise NobodyThereError(_("The person's data were erased."))
    licenses = License.objects.select_related("product", "reseller", "order__user")
    license = licenses.get(reseller=mail.reseller, uuid=mail.about)
    reason = why_of_no_use(license, mail.params["code"])
    if reason:
        raise UndeliverableError(reason)
    name, link = mail.params.get("name", ""), activation_link(license.activation_code)
    term = term_in_words(license.order.term_months)
    subject = _("Your activation link for %(product)s, from %(reseller)s")
    return answerable(
        mail,
        subject % {"product": license.product, "reseller": license.reseller},
        otherwise=license.order.user,
        filling={
            "greeting": greeting(name),
            "customer_email": mail.to,
            "reseller": license.reseller.name,
            "product": str(license.product),
            "term": term,
            "link": link,
        },
        license=license,
        term=term,
        link=link,
        name=name,
        words=mail.params.get("words", ""),
    )


def why_of_no_use(license: License, code_number: int) -> str | None:
    """Say why the link with one of a license's codes is not sent any more."""
    if license.cancelled_at is not None:
        return _("The license has been cancelled since.")
    if license.code_number != code_number:
        return _("The license's code has been replaced since. Send the new link.")
    if why_not_activate(license):
        return _("The license has been activated since.")
    return None
