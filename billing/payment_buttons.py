"""What vendor staff can do with a card payment whose outcome is in doubt, or contradicted."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _g, gettext_lazy as _

from billing.actions.payments import (
    ask_gateway_again,
    deal_with_payment,
    declare_paid,
    declare_unpaid,
    why_not_decide,
)
from billing.contradictions import why_not_deal_with
from billing.forms import DealtWith, FoundPaid, FoundUnpaid
from billing.gateway_buttons import GatewayButton
from billing.models import CardPayment
from billing.purposes import purpose_label
from reseller_portal.display import money_text
from resellers.staff.buttons import offered_on


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


class Decision(GatewayButton):
    """Something that can be done as long as the outcome is in doubt."""

    facts = facts
    refuses = why_not_decide


@offered_on(CardPayment)
class AskAgain(Decision):
    """Has a worker ask now."""

    slug, label, verb = "ask-again", _("Ask the gateway again"), _("Ask now")
    main = True
    says = _("A worker asks what became of it. It cannot be charged twice.")
    act, done = ask_gateway_again, _("The gateway is asked. Load this page again in a moment.")


@offered_on(CardPayment)
class WasPaid(Decision):
    """Settles it as paid."""

    slug, label, verb = "was-paid", _("It was paid"), _("Settle it as paid")
    form = FoundPaid
    says = _("Look it up at the gateway first. What was paid for is done at once, for good.")
    act, done = declare_paid, _("The payment is settled as paid.")

    @classmethod
    def asks(cls, obj: CardPayment, data: Any) -> forms.Form:
        """Begin with the gateway's id, if it is known."""
        return cls.form(data, initial={"gateway_id": obj.gateway_id})


@offered_on(CardPayment)
class WasNotPaid(Decision):
    """Settles it as declined."""

    slug, label, verb = "was-not-paid", _("It was not paid"), _("Settle it as not paid")
    form = FoundUnpaid
    says = _("Look it up at the gateway first. What was to be paid for fails, for good.")
    act, done = declare_unpaid, _("The payment is settled as not paid.")


@offered_on(CardPayment)
class DealWithPayment(GatewayButton):
    """Takes one that was paid after all off the pile of what waits for staff."""

    slug, label, verb = "dealt-with", _("It was dealt with"), _("Take it off the pile")
    form = DealtWith
    main = shy = True
    facts = facts
    says = _(
        "It counts as not paid here, and the gateway says that the card was charged. Pay it back "
        "there, or settle it with the company, before you say so."
    )
    refuses, act = why_not_deal_with, deal_with_payment
    done = _("The payment is off the pile.")
