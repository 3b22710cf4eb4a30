"""Mails to a company: who gets them, and one for each of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _, gettext_lazy as _l

from mailing.kinds import NobodyThereError
from mailing.models import Audience, Mail
from mailing.steps import queue_mail
from resellers.models import Reseller, User
from resellers.roles import Role

ROLES_IN_WORDS = {
    Role.ADMIN: _l("all admins"),
    Role.AGENT: _l("all agents"),
    Role.VIEWER: _l("all viewers"),
}


def who_is_told(reseller: Reseller, kind: str) -> QuerySet[User]:
    """Return whom mails of a kind go to: whom the company chose, else those who can act on it."""
    chosen = Audience.objects.for_reseller(reseller).filter(kind=kind).first() or Audience()
    told = Q(role__in=chosen.roles) | Q(pk__in=chosen.people)
    return reseller.users.filter(told, is_active=True).order_by("pk")


def tell_company(
    kind: str,
    reseller: Reseller,
    *,
    key: str,
    about: str,
    now: datetime,
    params: Mapping[str, Any] | None = None,
) -> int:
    """Queue one mail for each person who is told, in the caller's transaction; once for a key.

    Returns how many people that is.
    """
    people = who_is_told(reseller, kind)
    for person in people:
        queue_mail(
            kind,
            key=f"{key}/{person.pk}",
            to=person.email,
            about=about,
            reseller=reseller,
            params=params,
            now=now,
        )
    return len(people)


def reader_of(mail: Mail) -> User:
    """Return the person of the company whom a mail goes to.

    Raises NobodyThereError for one who was disabled, or is not told any more.
    """
    people = who_is_told(mail.reseller, mail.kind) if mail.reseller else User.objects.none()
    person = people.filter(email=mail.to).first()
    if person is None:
        said = _("%(email)s is not told about the company's renewals and balance any more.")
        raise NobodyThereError(said % {"email": mail.to})
    return person
