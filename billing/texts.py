"""What a company may write itself in mails about its account, and what stands for it."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from mailing.texts.declared import Changeable, Filling, Placeholder, block, link
from reseller_portal.display import moment_text, money_text
from resellers.models import Reseller, User

READERS = gettext_lazy("Your people, as chosen under Notices")
DEPOSIT = block("deposit", gettext_lazy("The bank account to transfer money to."), "deposit")
OF_ACCOUNT = (
    Placeholder("person", gettext_lazy("The name of who reads the mail.")),
    Placeholder("reseller", gettext_lazy("The name of your company.")),
    Placeholder("balance", gettext_lazy("The balance of your account now.")),
    Placeholder("available", gettext_lazy("What can be spent now, with the credit limit.")),
    link("balance_link", gettext_lazy("The address of the balance, with how to deposit.")),
)


def account_words(person: User | SimpleNamespace, account: Any) -> dict[str, str]:
    """Return what stands for the placeholders that each mail about an account has."""
    return {
        "person": person.name,
        "reseller": account.reseller.name,
        "balance": money_text(account.balance, account.currency),
        "available": money_text(account.available, account.currency),
        "balance_link": balance_link(),
    }


def balance_link() -> str:
    """Return the address of the balance."""
    return settings.SITE_URL + reverse("billing:balance")


def sample_account(reseller: Reseller) -> Filling:
    """Return what an account, a person and a bank would say that do not exist."""
    money = {"balance": Decimal(1250), "available": Decimal(1250), "currency": reseller.currency}
    account = SimpleNamespace(reseller=reseller, **money)
    vendor = SimpleNamespace(bank_details=_("Sample Bank, account XX00 0000 0000"))
    words = account_words(SimpleNamespace(name=_("Kim Sample")), account)
    return Filling(words, {"vendor": vendor, "balance_link": balance_link()})


def _sample_low(reseller: Reseller) -> Filling:
    sample = sample_account(reseller)
    below = money_text(Decimal(1500), reseller.currency)
    words = {"below": below, "since": moment_text(timezone.now())}
    return Filling({**sample.words, **words}, sample.context)


LOW = Changeable(
    READERS,
    (
        *OF_ACCOUNT,
        Placeholder("below", gettext_lazy("The warning that the balance fell below.")),
        Placeholder("since", gettext_lazy("The moment in which it did.")),
        DEPOSIT,
    ),
    _sample_low,
    needed=("balance",),
)
