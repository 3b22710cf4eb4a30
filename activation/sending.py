"""Mailing activation links to customers: what may be sent, when again, and what was.

The dialog says it beforehand; the actions ask again under the locks of reseller, order and license.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from licenses.links import KIND
from licenses.models import License
from mailing.models import Mail
from mailing.querysets import MailQuerySet
from mailing.steps import Letter, queue_mails
from reseller_portal.display import wait_in_words
from resellers.models import User
from resellers.steps import record_each

PAUSE = timedelta(minutes=5)


@dataclass(frozen=True)
class Recipient:
    """Whom a link goes to; the name may be empty."""

    email: str
    name: str = ""


def sent_links(license: License) -> MailQuerySet:
    """Return the mails with the license's present link, newest first."""
    mails = Mail.objects.for_reseller(license.reseller).of_kind(KIND).about(str(license.uuid))
    if license.link_sent_at is None:
        return mails.none()
    return mails.order_by("-queued_at", "-id")


def last_sent(license: License) -> Mail | None:
    """Return the last mail with the license's present link, if there is one."""
    return sent_links(license).select_related("actor").first()


def why_not_again(last: Mail | None, to: str, now: datetime) -> str | None:
    """Say why a license's link does not go to an address once more yet."""
    if last is None or last.is_given_up or last.to.lower() != to.lower():
        return None
    if last.queued_at + PAUSE <= now:
        return None
    said = _("It went to %(to)s less than %(pause)d minutes ago. It can be sent again in %(wait)s.")
    wait = wait_in_words(last.queued_at + PAUSE - now)
    return said % {"to": last.to, "pause": PAUSE // timedelta(minutes=1), "wait": wait}


def queue_links(
    deliveries: Sequence[tuple[License, Recipient, str]], words: str, *, actor: User, now: datetime
) -> list[Mail]:
    """Queue the links of locked licenses of one company, each to whom, under which key.

    The number of queries does not depend on how many they are.
    """
    licenses = [license for license, _to, _key in deliveries]
    reseller = licenses[0].reseller
    keys = [license.pk for license in licenses]
    License.objects.filter(pk__in=keys).update(link_sent_at=now)
    abouts = [str(license.uuid) for license in licenses]
    record_each("license.link_sent", abouts, reseller=reseller, actor=actor)
    letters = [
        Letter(
            key=key,
            to=to.email,
            about=str(license.uuid),
            params={"code": license.code_number, "name": to.name, "words": words},
        )
        for license, to, key in deliveries
    ]
    return queue_mails(KIND, letters, reseller=reseller, actor=actor, now=now)
