"""What vendor staff can do about money that has to get back to a card."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _g, gettext_lazy as _

from billing.actions.card_refunds import (
    ask_about_refund,
    declare_paid_back,
    pay_to_balance,
    send_refund_again,
    why_not_ask,
    why_not_decide,
    why_not_pay_anew,
)
from billing.forms import FoundPaidBack, SendAgain, ToBalance
from billing.models import CardRefund
from reseller_portal.display import money_text
from resellers.models import User
from resellers.staff.buttons import Button, Done, offered_on


def facts(refund: CardRefund) -> str:
    """Return what a refund is, as a sentence."""
    payment = refund.payment
    said = _g(
        "%(amount)s to %(card)s of %(reseller)s, of the payment %(payment)s. The gateway's key of "
        "the refund is %(key)s."
    )
    return said % {
        "amount": money_text(refund.amount, payment.currency),
        "card": payment.card,
        "reseller": refund.reseller,
        "payment": payment.gateway_id,
        "key": refund.request_key,
    }


@offered_on(CardRefund)
class AskAboutRefund(Button):
    """Has a worker ask now."""

    slug, label, verb = "ask-again", _("Ask the gateway again"), _("Ask now")
    main = True

    @classmethod
    def why_not(cls, obj: CardRefund, _now: datetime) -> str | None:
        """Say why there is nothing to ask."""
        return why_not_ask(obj)

    @classmethod
    def explain(cls, obj: CardRefund, _now: datetime) -> list[Any]:
        """Say that nothing is paid back twice."""
        return [facts(obj), _g("A worker asks what became of it. It cannot go back twice.")]

    @classmethod
    def press(cls, obj: CardRefund, _values: Any, *, actor: User, now: datetime) -> Done:
        """Have it asked."""
        ask_about_refund(obj.pk, actor=actor, now=now)
        return Done(_g("The gateway is asked. Load this page again in a minute."))


class RefundDecision(Button):
    """Something that can be done as long as the refund is with staff."""

    @classmethod
    def why_not(cls, obj: CardRefund, _now: datetime) -> str | None:
        """Say why there is nothing to decide."""
        return why_not_decide(obj)


class PayAnew(RefundDecision):
    """Lets the money go out once more, which it must not while the bank may have it."""

    @classmethod
    def why_not(cls, obj: CardRefund, _now: datetime) -> str | None:
        """Say why it must not."""
        return why_not_pay_anew(obj)


@offered_on(CardRefund)
class WasPaidBack(RefundDecision):
    """Settles it as paid back."""

    slug, label, verb = "was-paid-back", _("It was paid back"), _("Settle it as paid back")
    form = FoundPaidBack

    @classmethod
    def explain(cls, obj: CardRefund, _now: datetime) -> list[Any]:
        """Say what to look up first."""
        return [facts(obj), _g("Look it up at the gateway first. This is for good.")]

    @classmethod
    def press(cls, obj: CardRefund, values: Any, *, actor: User, now: datetime) -> Done:
        """Settle it."""
        declare_paid_back(obj.pk, **values, actor=actor, now=now)
        return Done(_g("The refund is settled as paid back."))


@offered_on(CardRefund)
class SendRefundAgain(PayAnew):
    """Sends it once more, after it was found not to have gone back."""

    slug, label, verb = "send-again", _("It was not: send it again"), _("Send it again")
    form = SendAgain

    @classmethod
    def explain(cls, obj: CardRefund, _now: datetime) -> list[Any]:
        """Say what to look up first, and what follows."""
        return [
            facts(obj),
            _g(
                "Look it up at the gateway first: if the money did go back, it would go back a "
                "second time. A worker asks for it anew within a minute."
            ),
        ]

    @classmethod
    def press(cls, obj: CardRefund, values: Any, *, actor: User, now: datetime) -> Done:
        """Send it."""
        send_refund_again(obj.pk, **values, actor=actor, now=now)
        return Done(_g("The refund is on its way again."))


@offered_on(CardRefund)
class PayToBalance(PayAnew):
    """Adds the money to the balance instead."""

    slug, label, verb = "to-balance", _("It was not: pay it to the balance"), _("Pay it there")
    form = ToBalance

    @classmethod
    def explain(cls, obj: CardRefund, _now: datetime) -> list[Any]:
        """Say what to look up first, and what follows."""
        return [
            facts(obj),
            _g(
                "Look it up at the gateway first. The amount is added to the balance at once and "
                "for good; the card gets nothing."
            ),
        ]

    @classmethod
    def press(cls, obj: CardRefund, values: Any, *, actor: User, now: datetime) -> Done:
        """Pay it."""
        pay_to_balance(obj.pk, **values, actor=actor, now=now)
        return Done(_g("The money is in the balance."))
