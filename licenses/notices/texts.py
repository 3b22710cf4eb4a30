"""What a company may write itself in the gathered mails, and samples of what stands for it."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from billing.texts import DEPOSIT, OF_ACCOUNT, READERS, sample_account
from mailing.texts.declared import Changeable, Filling, Placeholder, block, link
from reseller_portal.display import day_text, money_text
from resellers.models import Reseller

if TYPE_CHECKING:
    from django.utils.functional import Promise

RENEWALS_LINK = link("renewals_link", gettext_lazy("The address of the upcoming renewals."))
CARDS_LINK = link("cards_link", gettext_lazy("The address of your cards."))
OF_A_LIST = (
    *OF_ACCOUNT,
    RENEWALS_LINK,
    Placeholder("count", gettext_lazy("How many licenses the mail is about.")),
    block(
        "licenses",
        gettext_lazy("The list of the licenses: the first 20, and the address of all."),
        "notice_lines",
    ),
)
COST = Placeholder("total", gettext_lazy("What one more period of all of them costs."))
PAID = Placeholder("total", gettext_lazy("What was paid for all of them."))
LAST_DAY = Placeholder("day", gettext_lazy("The day by which all of them have ended."))


def pages() -> dict[str, str]:
    """Return the addresses of the pages that these mails lead to."""
    names = {"renewals_link": "renewals:list", "cards_link": "billing:cards"}
    return {name: settings.SITE_URL + reverse(page) for name, page in names.items()}


def listing(says: "str | Promise", *more: Placeholder) -> Changeable:
    """Declare what may be changed in a mail with a list; `says` is the sentence of each sample."""

    def sample(reseller: Reseller) -> Filling:
        account, today = sample_account(reseller), reseller.day_of(timezone.now())
        lines = [_line(number, str(says), today, reseller) for number in (1, 2)]
        words = {
            "count": str(len(lines)),
            "total": money_text(Decimal(240), reseller.currency),
            "day": day_text(today + timedelta(days=15)),
        }
        context = {"lines": lines, "list_link": settings.SITE_URL + reverse("renewals:notices")}
        return Filling({**account.words, **pages(), **words}, context)

    return Changeable(READERS, (*OF_A_LIST, *more), sample, needed=("licenses",))


def _line(number: int, says: str, today: date, reseller: Reseller) -> SimpleNamespace:
    order = SimpleNamespace(number=f"000000000{number}", reference="")
    license = SimpleNamespace(
        product=_("Sample Product"),
        customer=SimpleNamespace(company=_("Sample Customer %(number)d") % {"number": number}),
        order=order,
    )
    return SimpleNamespace(
        license=license,
        says=says,
        path=reverse("orders:show", args=[order.number]),
        to=today + timedelta(days=10),
        amount=Decimal(120),
        currency=reseller.currency,
    )


def _sample_not_covered(reseller: Reseller) -> Filling:
    account, today = sample_account(reseller), reseller.day_of(timezone.now())
    cost, missing = (money_text(Decimal(sum_), reseller.currency) for sum_ in (1720, 470))
    words = {"days": "30", "day": day_text(today), "cost": cost, "missing": missing}
    return Filling({**account.words, **pages(), **words}, account.context)


AHEAD = listing(gettext_lazy("It will be paid in three days."), COST)
RENEWED = listing(gettext_lazy("Paid from the balance."), PAID)
FAILED = listing(gettext_lazy("The balance did not cover it. Next try tomorrow."), COST, CARDS_LINK)
ENDING = listing(gettext_lazy("It does not renew."), LAST_DAY)
ENDED = listing(gettext_lazy("It can be renewed for 13 more days."))
UNCOVERED = Changeable(
    READERS,
    (
        *OF_ACCOUNT,
        RENEWALS_LINK,
        Placeholder("cost", gettext_lazy("What the renewals of the next days cost.")),
        Placeholder("missing", gettext_lazy("How much of it could not be spent.")),
        Placeholder("days", gettext_lazy("How many days are looked at.")),
        Placeholder("day", gettext_lazy("The day on which that was counted.")),
        DEPOSIT,
    ),
    _sample_not_covered,
    needed=("missing",),
)
