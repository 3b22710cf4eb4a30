"""What vendor staff can do about money that has to get back to a card, or did after all."""

from django.utils.translation import gettext as _g, gettext_lazy as _

from billing.actions.card_refunds import (
    ask_about_refund,
    deal_with_refund,
    declare_paid_back,
    pay_to_balance,
    send_refund_again,
    why_not_ask,
    why_not_decide,
    why_not_pay_anew,
)
from billing.contradictions import why_not_deal_with
from billing.forms import DealtWith, FoundPaidBack, SendAgain, ToBalance
from billing.gateway_buttons import GatewayButton
from billing.models import CardRefund
from reseller_portal.display import money_text
from resellers.staff.buttons import offered_on


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


class RefundButton(GatewayButton):
    """Something that can be done with a refund."""

    facts = facts


@offered_on(CardRefund)
class AskAboutRefund(RefundButton):
    """Has a worker ask now."""

    slug, label, verb = "ask-again", _("Ask the gateway again"), _("Ask now")
    main = True
    says = _("A worker asks what became of it. It cannot go back twice.")
    refuses, act = why_not_ask, ask_about_refund
    done = _("The gateway is asked. Load this page again in a minute.")


@offered_on(CardRefund)
class WasPaidBack(RefundButton):
    """Settles it as paid back."""

    slug, label, verb = "was-paid-back", _("It was paid back"), _("Settle it as paid back")
    form = FoundPaidBack
    says = _("Look it up at the gateway first. This is for good.")
    refuses, act = why_not_decide, declare_paid_back
    done = _("The refund is settled as paid back.")


@offered_on(CardRefund)
class SendRefundAgain(RefundButton):
    """Sends it once more, after it was found not to have gone back."""

    slug, label, verb = "send-again", _("It was not: send it again"), _("Send it again")
    form = SendAgain
    says = _(
        "Look it up at the gateway first: if the money did go back, it would go back a second "
        "time. A worker asks for it anew within a minute."
    )
    refuses, act = why_not_pay_anew, send_refund_again
    done = _("The refund is on its way again.")


@offered_on(CardRefund)
class PayToBalance(RefundButton):
    """Adds the money to the balance instead."""

    slug, label, verb = "to-balance", _("It was not: pay it to the balance"), _("Pay it there")
    form = ToBalance
    says = _(
        "Look it up at the gateway first. The amount is added to the balance at once and for good; "
        "the card gets nothing, and the company gets a mail."
    )
    refuses, act = why_not_pay_anew, pay_to_balance
    done = _("The money is in the balance.")


@offered_on(CardRefund)
class DealWithRefund(RefundButton):
    """Takes one that went back after all off the pile of what waits for staff."""

    slug, label, verb = "dealt-with", _("It was dealt with"), _("Take it off the pile")
    form = DealtWith
    main = shy = True
    says = _(
        "The gateway says that money went back to the card, besides what is known here. Look it up "
        "there; if it went back twice, settle it with the company, say by an adjustment of the "
        "balance, before you say so."
    )
    refuses, act = why_not_deal_with, deal_with_refund
    done = _("The refund is off the pile.")
