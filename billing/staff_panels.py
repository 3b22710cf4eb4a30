"""A reseller's money on its page in the admin site: the account, what moved it, and the cards."""

from datetime import datetime

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from billing.models import Account, BalanceEntry, Card
from billing.staff_buttons import Adjust, BookTransfer, ChangeCreditLimit, Park, Release
from reseller_portal.display import moment_text, money_text
from resellers.models import Reseller
from resellers.staff.columns import choice, day, itself, moment, money, text
from resellers.staff.panels import FEW, Panel, list_of, shown_on, table


def account_of(reseller: Reseller) -> Account | None:
    """Return the account, its reseller at hand."""
    account = Account.objects.for_reseller(reseller).first()
    if account is not None:
        account.reseller = reseller
    return account


@shown_on(Reseller, 10)
def money_at_hand(reseller: Reseller, _now: datetime) -> Panel | None:
    """Show the balance and what can be done about it."""
    account = account_of(reseller)
    if account is None:
        return None
    facts = [
        (_("balance"), money_text(account.balance, account.currency)),
        (_("credit limit"), money_text(account.credit_limit, account.currency)),
        (_("can be spent"), money_text(account.available, account.currency)),
        (_("warned below"), money_text(account.low_balance_below, account.currency)),
        (_("reference of its transfers"), account.transfer_reference),
    ]
    buttons = (BookTransfer, Adjust, ChangeCreditLimit, Release if account.is_parked else Park)
    return Panel(
        _("Account"),
        (),
        facts,
        url=list_of(Account, reseller__id__exact=reseller.pk),
        more=_("All about the account"),
        links=[button.link_for(account) for button in buttons],
        warning=parked(account),
    )


def parked(account: Account) -> str:
    """Return since when and why an account is parked; empty for one that is not."""
    if account.parked_at is None:
        return ""
    said = _("Parked since %(moment)s: %(reason)s It neither buys, renews nor refunds.")
    return said % {"moment": moment_text(account.parked_at), "reason": account.parked_because}


@shown_on(Reseller, 40)
def last_entries(reseller: Reseller, _now: datetime) -> Panel:
    """Show what moved the balance last."""
    columns = (
        moment("at", _("date")),
        choice("kind", _("kind")),
        money("amount", _("amount"), currency="reseller.currency"),
        money("balance_after", _("balance after"), currency="reseller.currency"),
        text("reference", _("reference")),
    )
    entries: QuerySet[BalanceEntry] = BalanceEntry.objects.for_reseller(reseller)
    return table(
        _("Last balance entries"),
        columns,
        entries.select_related("reseller").order_by("-sequence", "-pk")[:FEW],
        empty=_("Nothing has moved the balance yet."),
        url=list_of(BalanceEntry, reseller__id__exact=reseller.pk),
        more=_("All balance entries"),
    )


@shown_on(Reseller, 50)
def cards(reseller: Reseller, _now: datetime) -> Panel:
    """Show the cards that can be charged: brand, last digits, expiry."""

    @admin.display(description=_("use"))
    def use(card: Card) -> str:
        return _("default") if card.is_default else ""

    return table(
        _("Cards"),
        (itself(_("card")), day("expires_on", _("expires")), use),
        Card.objects.for_reseller(reseller).in_use()[:FEW],
        empty=_("No card is kept for it."),
        url=list_of(Card, reseller__id__exact=reseller.pk),
        more=_("All cards"),
    )
