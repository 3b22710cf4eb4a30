"""The history of one license, as its dialog shows it."""

from datetime import datetime

from django.utils.translation import gettext as _

from licenses.history import SHOWN, TOLD_BY_THEIR_MAIL, Entry, History, gathered, name_of
from licenses.models import License
from licenses.tries import try_entries
from mailing.models import Mail
from resellers.models import AuditEvent, User
from resellers.record import sentence


def license_history(license: License, user: User, now: datetime) -> History:
    """Return the history of a license alone, used or not: four queries at most."""
    about, reseller = str(license.uuid), license.reseller
    mails = Mail.objects.for_reseller(reseller).about(about).select_related("actor")
    events = AuditEvent.objects.for_reseller(reseller).filter(about=about).select_related("actor")
    entries = [
        Entry(_("License"), event.at, sentence(event, reseller.currency), name_of(event.actor))
        for event in events.exclude(verb__in=TOLD_BY_THEIR_MAIL)[:SHOWN]
    ]
    itself = License.objects.for_reseller(reseller).filter(pk=license.pk)
    entries += try_entries(reseller, itself, user, named=False)
    return gathered(list(mails[:SHOWN]), entries, {}, now, latest_of=about)
