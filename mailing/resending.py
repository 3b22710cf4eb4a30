"""When a reseller may send a mail once more: the page says it beforehand, the action asks again."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from mailing.kinds import kind_named
from mailing.models import ERASED, Mail, MailState
from reseller_portal.display import wait_in_words

AGAIN = "/again/"
PAUSE = timedelta(minutes=5)


def first_key(mail: Mail) -> str:
    """Return the key of the mail that a mail is a copy of; its own, if it is none."""
    return mail.key.partition(AGAIN)[0]


def why_never(mail: Mail) -> str | None:
    """Return why nothing can be sent of a mail, now or later, as a sentence, or None."""
    if mail.to.endswith(ERASED):
        return _("The person's data were erased.")
    if mail.is_given_up:
        return None
    if mail.is_unfinished:
        return _("This mail still waits to be sent.")
    if mail.state == MailState.DROPPED:
        return mail.reason or _("Nobody has this address any more.")
    try:
        return str(kind_named(mail.kind).once) or None
    except KeyError:
        return _("Mails of this kind are not written any more.")


def why_not_resend(mail: Mail, now: datetime) -> str | None:
    """Return why a mail cannot be tried again or sent once more now, as a sentence, or None."""
    never = why_never(mail)
    if never or mail.is_given_up:
        return never
    key = first_key(mail)
    family = Mail.objects.filter(Q(key=key) | Q(key__startswith=key + AGAIN))
    newest = family.order_by("-queued_at").first()
    if newest is None or newest.queued_at + PAUSE <= now:
        return None
    said = _("The last one is not %(pause)d minutes old. It can be sent again in %(wait)s.")
    wait = wait_in_words(newest.queued_at + PAUSE - now)
    return said % {"pause": PAUSE // timedelta(minutes=1), "wait": wait}
