"""When the confirmation of an order may be sent again, and to whom.

The dialog says it beforehand; the action asks again under the order's lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from mailing.models import Mail
from mailing.querysets import MailQuerySet
from orders.models import Order
from orders.reasons import why_no_licenses
from reseller_portal.display import wait_in_words
from resellers.models import User
from resellers.roles import Role

KIND = "order_confirmation"
PAUSE = timedelta(minutes=5)
A_DAY = 10
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Recipient:
    """Who gets the mail; `instead_of` is the ordering user, when that is not the same person."""

    user: User
    instead_of: User | None = None


def may_receive(user: User) -> bool:
    """Say whether a person may (still) be sent activation codes."""
    return user.is_active and (user.is_staff or user.may_see_codes)


def recipient(order: Order, asking: User) -> Recipient:
    """Return the ordering user, or the person who asks if that one may not get codes any more."""
    if may_receive(order.user) or order.user == asking:
        return Recipient(order.user)
    return Recipient(asking, instead_of=order.user)


def first_readers(order: Order) -> list[User]:
    """Return who gets the codes of an order that is paid, when nobody is there who asks for them.

    The ordering user; where that one may not get codes any more, the admins of the company.
    """
    if may_receive(order.user):
        return [order.user]
    return list(order.reseller.users.filter(role=Role.ADMIN, is_active=True).order_by("pk"))


def sent_before(order: Order) -> MailQuerySet:
    """Return the confirmations of this order, newest first, the first one among them."""
    mails = Mail.objects.for_reseller(order.reseller).about(order.number).of_kind(KIND)
    return mails.order_by("-queued_at", "-id")


def why_not_resend(order: Order, now: datetime) -> str | None:
    """Return why the confirmation cannot be sent (again) now, as a sentence, or None."""
    if not order.has_licenses:
        return why_no_licenses(order)
    recent = sent_before(order).filter(queued_at__gt=now - DAY)
    return _why_too_often(list(recent), now)


def _why_too_often(recent: Sequence[Mail], now: datetime) -> str | None:
    newest = next((mail for mail in recent if not mail.is_given_up), None)
    if newest is not None and newest.queued_at + PAUSE > now:
        wait = wait_in_words(newest.queued_at + PAUSE - now)
        said = _("The last one is not %(pause)d minutes old. It can be sent again in %(wait)s.")
        return said % {"pause": PAUSE // timedelta(minutes=1), "wait": wait}
    if newest is not None and newest.is_unfinished:
        return _(
            "The last one still waits to be sent. It goes out as soon as the mail server answers."
        )
    if len(recent) >= A_DAY:
        wait = wait_in_words(recent[A_DAY - 1].queued_at + DAY - now)
        said = _("It was sent %(count)d times within 24 hours. It can be sent again in %(wait)s.")
        return said % {"count": len(recent), "wait": wait}
    return None
