"""Mailing activation links to customers."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from activation.limits import why_too_many, why_too_many_to_one
from activation.sending import Recipient, last_sent, queue_links, why_not_again
from activation.steps import lock_for_activation
from licenses.links import KIND
from licenses.models import License
from licenses.steps import license_for
from mailing.models import Mail
from reseller_portal.refusals import Refusal
from resellers.models import User
from resellers.roles import Right
from resellers.steps import lock_company_for


class SentMeanwhile(Refusal):
    """Somebody sent the link, or replaced the code, since the person looked."""


@transaction.atomic(durable=True)
def send_link(
    license_uuid: UUID,
    to: Recipient,
    words: str,
    *,
    key: UUID | None = None,
    seen: int | None = None,
    number: int | None = None,
    actor: User,
    now: datetime,
) -> Mail:
    """Mail the link of a license to a customer, with the person's own words.

    `key` is the one-time key of the form: a second press gives the same mail. `seen` is the last
    mail with this link that the person was shown, 0 for none, and `number` says which of the
    license's codes: raises SentMeanwhile for another one.
    Raises Refusal for a license that is activated or cancelled, too soon after the last mail to
    this address, beyond the limits of company and address, and for who may not (any more);
    License.DoesNotExist for a stranger's.
    """
    found = license_for(actor, license_uuid)
    lock_company_for(actor, Right.OPERATE)
    mail_key = f"{KIND}/{found.uuid}/{key or uuid4()}"
    same = Mail.objects.for_reseller(found.reseller).filter(key=mail_key).first()
    if same is not None:
        return same
    license = lock_for_activation(found)
    last = last_sent(license)
    _refuse_another(license, last, seen, number)
    reason = (
        why_not_again(last, to.email, now)
        or why_too_many(license.reseller, 1, now)
        or why_too_many_to_one(license.reseller, [to.email], now)
    )
    if reason:
        raise Refusal(reason, field="email")
    return queue_links([(license, to, mail_key)], words, actor=actor, now=now)[0]


def _refuse_another(
    license: License, last: Mail | None, seen: int | None, number: int | None
) -> None:
    if number not in {None, license.code_number}:
        raise SentMeanwhile(
            _(
                "The code was replaced since you opened this: the license has another link now. "
                "Look whether you want to send that one."
            )
        )
    if seen is not None and seen != (last.pk if last else 0):
        raise SentMeanwhile(
            _("The link was sent since you opened this. Look whether you still want to send it.")
        )
