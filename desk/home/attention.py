"""What a person should look at: renewals, card payments and mails that did not go well."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from billing.filters import FAILED, OPEN, PaymentFilter
from billing.gateway import cards_are_on
from licenses.upcoming.counted import failing
from mailing.filters import NOT_SENT, MailFilter
from reseller_portal.listed import Listed, Lists
from reseller_portal.presets import last_seven_days
from resellers.models import Reseller

if TYPE_CHECKING:
    from datetime import date

    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True)
class Matter:
    """Something that went wrong, or may have: how often, and the list of it."""

    label: "_StrOrPromise"
    found: Listed
    tone: str = "bad"

    @property
    def is_there(self) -> bool:
        """Say whether there is anything to look at."""
        return bool(self.found.pages.capped)


def matters(lists: Lists, reseller: Reseller, today: "date") -> list[Matter]:
    """Return what to look at, as far as the person may: one query each.

    Card payments and mails are for admins; payments are left out where cards are off.
    """
    found = [Matter(_("Renewals that fail"), failing(reseller, today))]
    if not lists.user.may_administer:
        return found
    week = last_seven_days(today)
    if cards_are_on():
        unpaid = lists.asked(PaymentFilter, "billing:payments", outcome=FAILED, **week)
        unknown = lists.asked(PaymentFilter, "billing:payments", outcome=OPEN)
        found.append(Matter(_("Card payments that failed in 7 days"), unpaid))
        found.append(Matter(_("Card payments not known yet"), unknown, tone="warn"))
    mails = lists.asked(MailFilter, "mails:list", state=NOT_SENT, **week)
    return [*found, Matter(_("Mails that failed in 7 days"), mails)]
