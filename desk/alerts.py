"""Mails to the vendor's staff: of each matter one a day, to each of them."""

from datetime import datetime
from typing import Any

from django.db import transaction

from mailing.steps import queue_mail
from resellers.models import User
from resellers.staff.work import Standing, attention

KIND = "work_waits"


def tell_of_waiting_work(now: datetime) -> int:
    """Tell staff of each pile of work that a person has to see to; returns how many there are.

    Piles of which each row had a mail of its own are left out.
    """
    waiting = [standing for standing in attention(now) if not standing.pile.told_singly]
    for standing in waiting:
        mail_staff(KIND, now, _told(standing), matter=standing.url)
    return len(waiting)


@transaction.atomic(durable=True)
def mail_staff(kind: str, now: datetime, params: dict[str, Any], *, matter: str = "") -> None:
    """Queue a mail to each member of staff, unless they had one of this matter today (UTC)."""
    for person in User.objects.filter(is_staff=True, is_active=True).order_by("pk"):
        queue_mail(
            kind,
            key=f"{kind.replace('_', '-')}/{now.date()}/{person.pk}{matter}",
            to=person.email,
            about="work",
            reseller=None,
            params=params,
            now=now,
        )


def _told(standing: Standing) -> dict[str, str]:
    return {
        "matter": str(standing.pile.attention),
        "hint": str(standing.pile.hint),
        "number": standing.number,
        "oldest": standing.oldest,
        "url": standing.url,
    }
