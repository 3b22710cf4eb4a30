"""What vendor staff do about money by card of which the gateway says something else."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _g, gettext_lazy as _

from billing import payment_buttons, refund_buttons
from billing.actions.card_refunds import deal_with_refund
from billing.actions.payments import deal_with_payment
from billing.contradictions import why_not_deal_with
from billing.forms import DealtWith
from billing.models import CardPayment, CardRefund
from resellers.models import User
from resellers.staff.buttons import Button, Done, offered_on


class DealWith(Button):
    """Takes it off the pile of what waits for staff."""

    slug, label, verb = "dealt-with", _("It was dealt with"), _("Take it off the pile")
    form = DealtWith
    main = True
    shy = True

    @classmethod
    def why_not(cls, obj: CardPayment | CardRefund, _now: datetime) -> str | None:
        """Say why there is nothing to deal with."""
        return why_not_deal_with(obj)


@offered_on(CardPayment)
class DealWithPayment(DealWith):
    """Says that a payment which was paid after all was dealt with."""

    @classmethod
    def explain(cls, obj: CardPayment, _now: datetime) -> list[Any]:
        """Say what to do before."""
        return [
            payment_buttons.facts(obj),
            _g(
                "It counts as not paid here, and the gateway says that the card was charged. Pay "
                "it back there, or settle it with the company, before you say so."
            ),
        ]

    @classmethod
    def press(cls, obj: CardPayment, values: Any, *, actor: User, now: datetime) -> Done:
        """Keep it."""
        deal_with_payment(obj.pk, **values, actor=actor, now=now)
        return Done(_g("The payment is off the pile."))


@offered_on(CardRefund)
class DealWithRefund(DealWith):
    """Says that a refund which went back after all was dealt with."""

    @classmethod
    def explain(cls, obj: CardRefund, _now: datetime) -> list[Any]:
        """Say what to do before."""
        return [
            refund_buttons.facts(obj),
            _g(
                "The gateway says that money went back to the card, besides what is known here. "
                "Look it up there; if it went back twice, settle it with the company, say by an "
                "adjustment of the balance, before you say so."
            ),
        ]

    @classmethod
    def press(cls, obj: CardRefund, values: Any, *, actor: User, now: datetime) -> Done:
        """Keep it."""
        deal_with_refund(obj.pk, **values, actor=actor, now=now)
        return Done(_g("The refund is off the pile."))
