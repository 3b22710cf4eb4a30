"""What staff may type about an account."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from reseller_portal.secrets import refuse_secrets

CENT = Decimal("0.01")
DIGITS = 11
MOST = _("Give an amount of at most 999,999,999.99.")
AN_AMOUNT = _("Give an amount with at most two decimal places, such as 250.00.")


def amount_field(label: object, **options: object) -> forms.DecimalField:
    """Return a field for an amount in the account's currency."""
    usual: dict[str, Any] = {
        "label": label,
        "max_digits": DIGITS,
        "decimal_places": 2,
        "error_messages": {
            **dict.fromkeys(("required", "invalid", "max_decimal_places"), AN_AMOUNT),
            **dict.fromkeys(("max_digits", "max_whole_digits"), MOST),
        },
    }
    return forms.DecimalField(**usual | options)


class Transfer(forms.Form):
    """A bank transfer, in or out."""

    amount = amount_field(_("Amount"), min_value=CENT)
    bank_reference = forms.CharField(
        label=_("The bank's reference"),
        max_length=100,
        help_text=_("As the bank statement gives it. Each can be booked once."),
    )


class Adjustment(forms.Form):
    """A correction."""

    amount = amount_field(
        _("Amount"), help_text=_("Above zero adds to the balance, below zero takes from it.")
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("The reseller reads it beside the amount."),
        validators=[refuse_secrets],
    )
    key = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput)


class CreditLimit(forms.Form):
    """How far the balance may fall below zero."""

    credit_limit = amount_field(_("Credit limit"), min_value=0)


class LowBalance(forms.Form):
    """Below which balance a reseller is warned."""

    below = amount_field(
        _("Warn below"),
        help_text=_("0 warns once credit is used. The reseller is told once each time."),
    )


class Parking(forms.Form):
    """Why an account is parked."""

    because = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("For staff: the reseller does not see it."),
        validators=[refuse_secrets],
    )


class FoundPaid(forms.Form):
    """What staff found at the gateway of a payment that was paid."""

    gateway_id = forms.CharField(
        label=_("The gateway's id"),
        max_length=100,
        help_text=_("As the gateway's own pages name the payment. A refund needs it."),
    )
    because = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("For staff: the reseller does not see it."),
        validators=[refuse_secrets],
    )


class FoundUnpaid(forms.Form):
    """Why a payment counts as not paid."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("A sentence. The reseller reads it."),
        validators=[refuse_secrets],
    )


class DealtWith(forms.Form):
    """What staff did about a contradiction."""

    because = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("What was done about it. For staff: the reseller does not see it."),
        validators=[refuse_secrets],
    )


class FoundPaidBack(forms.Form):
    """What staff found of money that got back after all."""

    gateway_id = forms.CharField(
        label=_("The gateway's id of the refund"),
        max_length=100,
        required=False,
        help_text=_("Leave it empty if the money went back another way, say by bank transfer."),
    )
    because = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("For staff: the reseller does not see it."),
        validators=[refuse_secrets],
    )


class SendAgain(forms.Form):
    """Why a refund is sent once more."""

    because = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("For staff: the reseller does not see it."),
        validators=[refuse_secrets],
    )


class ToBalance(forms.Form):
    """Why money goes to the balance instead of a card."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("The reseller reads it beside the amount."),
        validators=[refuse_secrets],
    )


class ReturnToCard(forms.Form):
    """How much of a deposit goes back to its card."""

    amount = amount_field(_("Amount"), min_value=CENT)
    key = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput)
