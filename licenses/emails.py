"""The gathered mails: one for each reseller, kind and day, with the licenses that it is about.

A mail shows the first SHOWN of them and leads to the page with all. It is written anew at each try,
so that what was paid, cancelled or turned off since is said as it is.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from billing.models import ZERO, Account, VendorDetails
from billing.texts import account_words, balance_link
from licenses.models import Notice, NoticeKind
from licenses.notices import texts
from licenses.notices.gathering import WARNINGS
from licenses.notices.lines import lines
from licenses.notices.querysets import NoticeQuerySet
from licenses.notices.telling import HORIZON, MAILS, NOT_COVERED
from mailing.company import reader_of
from mailing.kinds import MailText, mail_kind
from mailing.letters import letter
from mailing.models import Mail
from reseller_portal.display import day_text, money_text

SHOWN = 20


@mail_kind(
    MAILS[NoticeKind.AHEAD], gettext_lazy("Renewals ahead"), to_company=True, changeable=texts.AHEAD
)
def renewals_ahead(mail: Mail) -> MailText:
    """Say what will be renewed in the next days, what it will cost, and how to stop it."""
    told = told_by(mail)
    count = told.count()
    subject = ngettext("%(count)d license renews soon", "%(count)d licenses renew soon", count)
    total = told.aggregate(total=Sum("price"))["total"]
    return gathered(mail, told, count, subject % {"count": count}, total=total)


@mail_kind(
    MAILS[NoticeKind.PAID], gettext_lazy("Renewed"), to_company=True, changeable=texts.RENEWED
)
def renewals_paid(mail: Mail) -> MailText:
    """Say what was renewed, what it cost, and until when it runs now."""
    told = told_by(mail)
    count = told.count()
    subject = ngettext("%(count)d license was renewed", "%(count)d licenses were renewed", count)
    total = told.with_paid().aggregate(total=Sum("paid"))["total"]
    return gathered(mail, told, count, subject % {"count": count}, total=total)


@mail_kind(
    MAILS[NoticeKind.FAILED],
    gettext_lazy("Renewals failed"),
    to_company=True,
    changeable=texts.FAILED,
)
def renewals_failed(mail: Mail) -> MailText:
    """Say what could not be renewed, why, when it is tried again, and what would help."""
    told = told_by(mail)
    count = told.count()
    subject = ngettext("%(count)d renewal failed", "%(count)d renewals failed", count)
    total = told.aggregate(total=Sum("price"))["total"]
    return gathered(mail, told, count, subject % {"count": count}, total=total)


@mail_kind(
    MAILS[NoticeKind.ENDS_15],
    gettext_lazy("Licenses that end"),
    to_company=True,
    changeable=texts.ENDING,
)
def licenses_ending(mail: Mail) -> MailText:
    """Say which licenses end within 15, 7 or 1 days and do not renew."""
    told = told_by(mail)
    count = told.count()
    last = _day(mail) + timedelta(days=WARNINGS[NoticeKind(mail.params["kind"])])
    subject = ngettext(
        "%(count)d license ends by %(day)s and does not renew",
        "%(count)d licenses end by %(day)s and do not renew",
        count,
    )
    said = subject % {"count": count, "day": day_text(last)}
    return gathered(mail, told, count, said, words={"day": day_text(last)})


@mail_kind(
    MAILS[NoticeKind.ENDED],
    gettext_lazy("Licenses that have ended"),
    to_company=True,
    changeable=texts.ENDED,
)
def licenses_ended(mail: Mail) -> MailText:
    """Say which licenses have ended, and until when they can still be renewed."""
    told = told_by(mail)
    count = told.count()
    subject = ngettext("%(count)d license has ended", "%(count)d licenses have ended", count)
    return gathered(mail, told, count, subject % {"count": count})


@mail_kind(
    NOT_COVERED, gettext_lazy("Renewals not covered"), to_company=True, changeable=texts.UNCOVERED
)
def renewals_not_covered(mail: Mail) -> MailText:
    """Say what the renewals of the next 30 days cost, and what is missing for them."""
    account, day = _account(mail), _day(mail)
    around = _surroundings(mail, account)
    cost, missing = (Decimal(mail.params[name]) for name in ("cost", "missing"))
    words = {
        "cost": money_text(cost, account.currency),
        "missing": money_text(missing, account.currency),
        "days": str(HORIZON),
        "day": day_text(day),
    }
    return letter(
        mail,
        _("The balance does not cover the next renewals"),
        filling={**_words(around), **words},
        cost=cost,
        missing=missing,
        days=HORIZON,
        day=day,
        **around,
    )


def told_by(mail: Mail) -> NoticeQuerySet:
    """Return the notices that a gathered mail tells, with their prices, by To."""
    notices = Notice.objects.filter(reseller=mail.reseller_id)
    return notices.of_mail(mail.params["kind"], _day(mail)).with_price(_day(mail))


def gathered(
    mail: Mail,
    told: NoticeQuerySet,
    count: int,
    subject: str,
    *,
    total: Decimal | None = None,
    words: Mapping[str, str] | None = None,
) -> MailText:
    """Write a mail with the first of its licenses and the way to all of them."""
    account = _account(mail)
    around = _surroundings(mail, account)
    sums = {"count": number_format(count), "total": money_text(total or ZERO, account.currency)}
    day = mail.params["day"]
    query = urlencode({"kind": mail.params["kind"], "date_from": day, "date_to": day})
    shown = lines(told.with_parts()[:SHOWN], account.reseller.day_of(timezone.now()))
    return letter(
        mail,
        subject,
        filling={**_words(around), **sums, **(words or {})},
        count=count,
        total=total,
        lines=shown,
        by_card=any(line.by_card for line in shown),
        more=max(count - SHOWN, 0),
        list_link=f"{settings.SITE_URL}{reverse('renewals:notices')}?{query}",
        **around,
    )


def _surroundings(mail: Mail, account: Account) -> dict[str, Any]:
    return {
        "person": reader_of(mail),
        "account": account,
        "owes": account.balance < ZERO,
        "vendor": VendorDetails.objects.current(),
        "balance_link": balance_link(),
        **texts.pages(),
    }


def _words(around: Mapping[str, Any]) -> dict[str, str]:
    return {**account_words(around["person"], around["account"]), **texts.pages()}


def _account(mail: Mail) -> Account:
    return Account.objects.select_related("reseller").get(reseller=mail.reseller_id)


def _day(mail: Mail) -> date:
    return date.fromisoformat(mail.params["day"])
