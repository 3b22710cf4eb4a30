"""What vendor staff can do with a card payment whose outcome is in doubt."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _g, gettext_lazy as _

from billing.actions.payments import (
    ask_gateway_again,
    declare_paid,
    declare_unpaid,
    why_not_decide,
)
from billing.forms import FoundPaid, FoundUnpaid
from billing.models import CardPayment
from billing.purposes import purpose_label
from reseller_portal.display import money_text
from resellers.models import User
from resellers.staff.buttons import Button, Done, offered_on


def facts(payment: CardPayment) -> str:
    """Return what a payment is, as a sentence."""
    said = _g("%(purpose)s of %(reseller)s, %(amount)s by %(card)s. The gateway's key is %(key)s.")
    return said % {
        "purpose": purpose_label(payment.purpose),
        "reseller": payment.reseller,
        "amount": money_text(payment.amount, payment.currency),
        "card": payment.card,
        "key": payment.key,
    }


class Decision(Button):
    """Something that can be done as long as the outcome is in doubt."""

    @classmethod
    def why_not(cls, obj: CardPayment, _now: datetime) -> str | None:
        """Say why there is nothing to decide."""
        return why_not_decide(obj)


@offered_on(CardPayment)
class AskAgain(Decision):
    """Has a worker ask now."""

    slug, label, verb = "ask-again", _("Ask the gateway again"), _("Ask now")
    main = True

    @classmethod
    def explain(cls, obj: CardPayment, _now: datetime) -> list[Any]:
        """Say that nothing is charged twice."""
        return [facts(obj), _g("A worker asks what became of it. It cannot be charged twice.")]

    @classmethod
    def press(cls, obj: CardPayment, _values: Any, *, actor: User, now: datetime) -> Done:
        """Have it asked."""
        ask_gateway_again(obj.pk, actor=actor, now=now)
        return Done(_g("The gateway is asked. Load this page again in a moment."))


@offered_on(CardPayment)
class WasPaid(Decision):
    """Settles it as paid."""

    slug, label, verb = "was-paid", _("It was paid"), _("Settle it as paid")
    form = FoundPaid

    @classmethod
    def asks(cls, obj: CardPayment, data: Any) -> forms.Form:
        """Begin with the gateway's id, if it is known."""
        return cls.form(data, initial={"gateway_id": obj.gateway_id})

    @classmethod
    def explain(cls, obj: CardPayment, _now: datetime) -> list[Any]:
        """Say what follows."""
        return [
            facts(obj),
            _g("Look it up at the gateway first. What was paid for is done at once, for good."),
        ]

    @classmethod
    def press(cls, obj: CardPayment, values: Any, *, actor: User, now: datetime) -> Done:
        """Settle it."""
        declare_paid(obj.pk, **values, actor=actor, now=now)
        return Done(_g("The payment is settled as paid."))


@offered_on(CardPayment)
class WasNotPaid(Decision):
    """Settles it as declined."""

    slug, label, verb = "was-not-paid", _("It was not paid"), _("Settle it as not paid")
    form = FoundUnpaid

    @classmethod
    def explain(cls, obj: CardPayment, _now: datetime) -> list[Any]:
        """Say what follows."""
        return [
            facts(obj),
            _g("Look it up at the gateway first. What was to be paid for fails, for good."),
        ]

    @classmethod
    def press(cls, obj: CardPayment, values: Any, *, actor: User, now: datetime) -> Done:
        """Settle it."""
        declare_unpaid(obj.pk, **values, actor=actor, now=now)
        return Done(_g("The payment is settled as not paid."))
