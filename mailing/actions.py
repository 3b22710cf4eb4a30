"""What people do about a mail: staff, and the admins of the company that it is of."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mailing import steps
from mailing.models import Audience, Mail
from mailing.querysets import MailQuerySet
from mailing.resending import AGAIN, first_key, why_not_resend
from reseller_portal.refusals import Refusal
from resellers.models import User
from resellers.roles import Right, Role
from resellers.steps import lock_company_for, lock_team, record


@transaction.atomic(durable=True)
def retry(mail_id: int, *, actor: User, now: datetime) -> Mail:
    """Try a failed or stuck mail from the beginning.

    Raises Refusal if it is neither, and for who may not (any more).
    """
    _look_again(actor)
    mail = Mail.objects.select_for_update(no_key=True).get(pk=mail_id)
    if not steps.retry(mail, now):
        raise Refusal(_("Only a failed or stuck mail can be tried again."))
    _record("mail.retried", mail, actor)
    return mail


@transaction.atomic(durable=True)
def resend(mail_id: int, *, actor: User, now: datetime) -> Mail:
    """Send a mail that went out once more, as it reads today. Raises Refusal for one that did not.

    Each press is a mail of its own; while the last one is not sent yet, that one is returned. The
    people of a reseller are refused too soon, for a kind that goes out once, and where they may not
    (any more).
    """
    _look_again(actor)
    sent = Mail.objects.select_for_update(no_key=True).get(pk=mail_id)
    if sent.sent_at is None:
        raise Refusal(_("This mail was not sent yet. Try it again instead."))
    again = first_key(sent) + AGAIN  # a copy's copy counts on from the first mail
    copies = Mail.objects.filter(key__startswith=again)
    waiting = copies.unfinished().first()
    if waiting is not None:
        return waiting
    reason = None if actor.is_staff else why_not_resend(sent, now)
    if reason:
        raise Refusal(reason)
    mail = steps.queue_mail(
        sent.kind,
        key=f"{again}{_last_number(copies) + 1}",
        to=sent.to,
        about=sent.about,
        reseller=sent.reseller,
        actor=actor,
        params=sent.params,
        now=now,
    )
    _record("mail.resent", mail, actor)
    return mail


@transaction.atomic(durable=True)
def set_aside(mail_id: int, *, actor: User, now: datetime) -> Mail:
    """Let a failed or stuck mail rest: nobody is asked any more to look at it.

    It can be tried again all the same. What somebody set aside before stays theirs. Raises Refusal
    if it is neither, and for who may not (any more).
    """
    _look_again(actor)
    mail = Mail.objects.select_for_update(no_key=True).get(pk=mail_id)
    if not mail.is_given_up:
        raise Refusal(_("Only a failed or stuck mail can be set aside."))
    if mail.set_aside_at is None:
        mail.set_aside_at, mail.set_aside_by = now, actor
        mail.save(update_fields=["set_aside_at", "set_aside_by"])
        _record("mail.set_aside", mail, actor)
    return mail


@transaction.atomic(durable=True)
def choose_audience(
    kind: str, roles: Sequence[str], people: Sequence[int], *, actor: User
) -> Audience:
    """Say whom the mails of a kind go to, at the actor's company. Strangers are left out.

    Raises Refusal as `lock_team` does.
    """
    reseller = lock_team(actor)
    colleagues = list(reseller.users.filter(pk__in=people).order_by("name", "pk"))
    keys = [user.pk for user in colleagues]
    values = {"roles": [Role(role) for role in roles], "people": keys}
    audience, _is_new = Audience.objects.update_or_create(
        reseller=reseller, kind=kind, defaults=values
    )
    record(
        "notice.audience_chosen",
        "notice:" + kind,
        reseller=reseller,
        actor=actor,
        kind=kind,
        roles=list(roles),
        people=[user.name for user in colleagues],
    )
    return audience


def _look_again(actor: User) -> None:
    if not actor.is_staff:
        lock_company_for(actor, Right.ADMINISTER)


def _last_number(copies: MailQuerySet) -> int:
    # not how many there are: old ones may have been deleted
    keys = copies.values_list("key", flat=True)
    return max((int(key.rpartition("/")[2]) for key in keys), default=0)


def _record(verb: str, mail: Mail, actor: User) -> None:
    record(verb, mail.about, reseller=mail.reseller, actor=actor, kind=mail.kind, to=mail.to)
