"""What vendor staff can do with an account."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _g, gettext_lazy as _

from billing import actions
from billing.forms import Adjustment, CreditLimit, LowBalance, Parking, Transfer
from billing.models import Account, BalanceEntry
from billing.steps import still_returnable
from reseller_portal.display import money_text
from resellers.models import User
from resellers.staff.buttons import Button, Done, offered_on


def standing(account: Account) -> str:
    """Return what an account holds, as a sentence."""
    said = _g("The balance is %(balance)s, the credit limit %(limit)s.")
    return said % {
        "balance": money_text(account.balance, account.currency),
        "limit": money_text(account.credit_limit, account.currency),
    }


def booked(entry: BalanceEntry) -> Done:
    """Return what staff are told of a new entry."""
    said = _g("%(amount)s is booked; the balance is %(balance)s.")
    currency = entry.reseller.currency
    balance = money_text(entry.balance_after, currency)
    return Done(said % {"amount": money_text(entry.amount, currency), "balance": balance})


@offered_on(Account)
class BookTransfer(Button):
    """Books money that came in."""

    slug, label, verb = "book-transfer", _("Book a bank transfer"), _("Book the deposit")
    form = Transfer
    main = True

    @classmethod
    def explain(cls, obj: Account, _now: datetime) -> list[Any]:
        """Say what the account holds."""
        return [standing(obj), _g("The deposit can be spent at once. It cannot be unbooked.")]

    @classmethod
    def press(cls, obj: Account, values: Any, *, actor: User, now: datetime) -> Done:
        """Book it."""
        return booked(actions.book_transfer(obj.reseller_id, **values, actor=actor, now=now))


@offered_on(Account)
class ReturnDeposit(Button):
    """Books money that was sent back."""

    slug, label, verb = "return-deposit", _("Return a deposit"), _("Book it as sent back")
    form = Transfer
    shy = True

    @classmethod
    def why_not(cls, obj: Account, _now: datetime) -> str | None:
        """Say why nothing can be sent back."""
        if obj.is_parked:
            return _g("This account is parked. Release it first.")
        return None if still_returnable(obj) else _g("There is no deposit that could be returned.")

    @classmethod
    def explain(cls, obj: Account, _now: datetime) -> list[Any]:
        """Say how much it may be."""
        most = money_text(still_returnable(obj), obj.currency)
        said = _g("Book what the bank has sent back to the reseller: at most %(most)s.")
        return [standing(obj), said % {"most": most}]

    @classmethod
    def press(cls, obj: Account, values: Any, *, actor: User, now: datetime) -> Done:
        """Book it."""
        return booked(actions.return_deposit(obj.reseller_id, **values, actor=actor, now=now))


@offered_on(Account)
class Adjust(Button):
    """Corrects the balance."""

    slug, label, verb = "adjust", _("Adjust the balance"), _("Adjust it")
    form = Adjustment

    @classmethod
    def explain(cls, obj: Account, _now: datetime) -> list[Any]:
        """Say what the account holds."""
        return [standing(obj), _g("Earlier entries stay: this adds one that puts them right.")]

    @classmethod
    def press(cls, obj: Account, values: Any, *, actor: User, now: datetime) -> Done:
        """Adjust it."""
        return booked(actions.adjust_balance(obj.reseller_id, **values, actor=actor, now=now))


@offered_on(Account)
class ChangeCreditLimit(Button):
    """Changes how far the balance may fall below zero."""

    slug, label, verb = "credit-limit", _("Change the credit limit"), _("Change the limit")
    form = CreditLimit

    @classmethod
    def asks(cls, obj: Account, data: Any) -> forms.Form:
        """Begin with the limit of today."""
        return cls.form(data, initial={"credit_limit": obj.credit_limit})

    @classmethod
    def explain(cls, obj: Account, _now: datetime) -> list[Any]:
        """Say what the account holds."""
        return [standing(obj), _g("It holds at once, for purchases and renewals alike.")]

    @classmethod
    def press(cls, obj: Account, values: Any, *, actor: User, now: datetime) -> Done:
        """Change it."""
        account = actions.change_credit_limit(obj.reseller_id, values["credit_limit"], actor=actor)
        return Done(standing(account))


@offered_on(Account)
class ChangeLowBalance(Button):
    """Changes below which balance the reseller is warned."""

    slug, label, verb = "low-balance", _("Change the low-balance warning"), _("Change the warning")
    form = LowBalance

    @classmethod
    def asks(cls, obj: Account, data: Any) -> forms.Form:
        """Begin with the warning of today."""
        return cls.form(data, initial={"below": obj.low_balance_below})

    @classmethod
    def explain(cls, obj: Account, _now: datetime) -> list[Any]:
        """Say what the account holds, and who is told."""
        return [standing(obj), _g("Whom the reseller chose under Notices gets the mail.")]

    @classmethod
    def press(cls, obj: Account, values: Any, *, actor: User, now: datetime) -> Done:
        """Change it."""
        account = actions.change_low_balance(obj.reseller_id, values["below"], actor=actor)
        below = money_text(account.low_balance_below, account.currency)
        return Done(_g("The reseller is warned below %(below)s.") % {"below": below})


@offered_on(Account)
class Park(Button):
    """Stops buying, renewals and refunds."""

    slug, label, verb = "park", _("Park the account"), _("Park it")
    form = Parking
    shy = True

    @classmethod
    def why_not(cls, obj: Account, _now: datetime) -> str | None:
        """Say why there is nothing to park."""
        return _g("This account is parked already.") if obj.is_parked else None

    @classmethod
    def explain(cls, _obj: Account, _now: datetime) -> list[Any]:
        """Say what will happen."""
        return [
            _g(
                "Buying, renewals and refunds stop until you release it. Activating licenses, "
                "exports and sign-in go on."
            )
        ]

    @classmethod
    def press(cls, obj: Account, values: Any, *, actor: User, now: datetime) -> Done:
        """Park it."""
        actions.park_account(obj.reseller_id, values["because"], actor=actor, now=now)
        return Done(_g("The account of %(reseller)s is parked.") % {"reseller": obj.reseller})


@offered_on(Account)
class Release(Button):
    """Lets a parked account go on."""

    slug, label, verb = "release", _("Release the account"), _("Release it")
    main = shy = True

    @classmethod
    def why_not(cls, obj: Account, _now: datetime) -> str | None:
        """Say why there is nothing to release."""
        return None if obj.is_parked else _g("This account is not parked.")

    @classmethod
    def explain(cls, obj: Account, _now: datetime) -> list[Any]:
        """Say why it is parked, and what will happen."""
        reason = _g("It is parked because: %(reason)s") % {"reason": obj.parked_because}
        return [reason, _g("Buying, renewals and refunds go on at once.")]

    @classmethod
    def press(cls, obj: Account, _values: Any, *, actor: User, now: datetime) -> Done:
        """Release it."""
        actions.release_account(obj.reseller_id, actor=actor)
        return Done(_g("The account of %(reseller)s is released.") % {"reseller": obj.reseller})
