"""What a company chose to say, at the moment in which a mail is written."""

import structlog
from django.utils.translation import gettext as _

from mailing.kinds import kind_named
from mailing.models import EmailText, Mail
from mailing.texts.declared import Changeable, Filling
from mailing.texts.mistakes import in_body, in_subject
from mailing.texts.writing import Written, written

log = structlog.get_logger(__name__)


def mistakes_of(own: EmailText, of: Changeable | None) -> list[str]:
    """Return why a text that was right once cannot be used any more; nothing if it can be."""
    if of is None:
        return [_("Mails of this kind have the standard text alone.")]
    return [*in_subject(own.subject, of), *in_body(own.body, of)]


def chosen_for(mail: Mail, filling: Filling) -> Written | None:
    """Return the company's own text of a mail, filled in; None if the standard one holds.

    That holds as well where an own text cannot be used any more, because a placeholder was retired
    or became needed since: the mail goes out, the page of the text says so, and the log.
    """
    of = kind_named(mail.kind).changeable
    if of is None or mail.reseller is None:
        return None
    own = EmailText.objects.for_reseller(mail.reseller).filter(kind=mail.kind).first()
    if own is None:
        return None
    try:
        if not mistakes_of(own, of):
            return written(of, own.subject, own.body, filling)
    except KeyError:
        pass  # this version of the portal does not say what a placeholder of it stands for
    log.warning("own_text_not_used", mail=mail.pk, kind=mail.kind, reseller=mail.reseller_id)
    return None
