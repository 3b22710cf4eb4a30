"""The mail with which a text is tried out."""

from django.conf import settings
from django.utils.translation import gettext as _, gettext_lazy

from mailing.kinds import MailText, NobodyThereError, UndeliverableError, kind_named, mail_kind
from mailing.letters import framed
from mailing.models import Mail
from mailing.texts.mistakes import in_body, in_subject
from mailing.texts.trying import KIND, sampled
from resellers.roles import Right


@mail_kind(
    KIND,
    gettext_lazy("Test of an e-mail text"),
    once=gettext_lazy("A test mail is sent from the page of its text."),
)
def email_text_tried(mail: Mail) -> MailText:
    """Write a text as its readers would get it, but for the samples, to who tries it.

    Raises UndeliverableError once its placeholders are other ones, and NobodyThereError for who is
    no admin any more.
    """
    writer, kind = mail.actor, kind_named(mail.params["kind"])
    subject, body, of = mail.params["subject"], mail.params["body"], kind.changeable
    if mail.reseller is None or writer is None or not writer.is_active:
        raise NobodyThereError(_("Who tried this text has no account any more."))
    if not writer.may(Right.ADMINISTER):
        raise NobodyThereError(_("Who tried this text may not change texts any more."))
    if of is None or in_subject(subject, of) or in_body(body, of):
        raise UndeliverableError(_("This text cannot be sent any more. Try it anew."))
    own = sampled(of, subject, body, mail.reseller)
    values = {"reseller": mail.reseller, "site_url": settings.SITE_URL, "label": kind.label}
    text = framed(mail.kind, values, own)
    return MailText(_("Test: %(subject)s") % {"subject": own.subject}, text.text, text.html)
