"""What happened to an activated license: mails and actions, newest first."""

from datetime import datetime

from django.utils.translation import gettext as _

from licenses.history import SHOWN, Entry, History, gathered, name_of
from licenses.models import License
from mailing.models import Mail
from resellers.models import AuditEvent
from resellers.record import sentence

TOLD_BY_THEIR_MAIL = ("mail.resent", "mail.retried")


def history(license: License, now: datetime) -> History:
    """Return the history of a license: two queries."""
    about = str(license.uuid)
    mails = Mail.objects.for_reseller(license.reseller).about(about).select_related("actor")
    events = AuditEvent.objects.for_reseller(license.reseller).filter(about=about)
    told = events.exclude(verb__in=TOLD_BY_THEIR_MAIL).select_related("actor")[:SHOWN]
    return gathered(list(mails[:SHOWN]), map(_entry, told), {}, now, latest_of=about)


def _entry(event: AuditEvent) -> Entry:
    return Entry(_("License"), event.at, sentence(event), name_of(event.actor))
