"""What vendor staff can do with a deposit by card that was paid."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _g, gettext_lazy as _

from billing.actions.returns import most, return_to_card, why_not_return
from billing.forms import ReturnToCard
from billing.models import Account, CardPayment
from billing.payment_buttons import facts
from billing.staff_buttons import booked, standing
from reseller_portal.display import money_text
from resellers.models import User
from resellers.staff.buttons import Button, Done, offered_on


@offered_on(CardPayment)
class ReturnDepositToCard(Button):
    """Sends a deposit back to the card that paid it."""

    slug, label, verb = "return", _("Return it to the card"), _("Return it")
    form = ReturnToCard
    shy = True

    @classmethod
    def why_not(cls, obj: CardPayment, _now: datetime) -> str | None:
        """Say why nothing of it can be returned."""
        return why_not_return(obj, account_of(obj))

    @classmethod
    def asks(cls, obj: CardPayment, data: Any) -> forms.Form:
        """Begin with all that can be returned."""
        return cls.form(data, initial={"amount": most(obj, account_of(obj))})

    @classmethod
    def explain(cls, obj: CardPayment, _now: datetime) -> list[Any]:
        """Say how much it may be, and what follows."""
        account = account_of(obj)
        said = _g(
            "At most %(most)s can go back. It is taken from the balance at once, a worker sends it "
            "to the card within a minute, and the company gets a mail."
        )
        limit = money_text(most(obj, account), account.currency)
        return [facts(obj), standing(account), said % {"most": limit}]

    @classmethod
    def press(cls, obj: CardPayment, values: Any, *, actor: User, now: datetime) -> Done:
        """Return it."""
        return booked(return_to_card(obj.pk, **values, actor=actor, now=now))


def account_of(payment: CardPayment) -> Account:
    """Return the account that a payment belongs to."""
    return Account.objects.select_related("reseller").get(reseller=payment.reseller_id)
