"""What a person may send about a license."""

from django import forms
from django.utils.translation import gettext_lazy as _


class BillingStateForm(forms.Form):
    """Whether the license renews automatically: `true` or `false`."""

    recurrent = forms.TypedChoiceField(
        label=_("Auto-renew"),
        choices=[("true", _("On")), ("false", _("Off"))],
        coerce=lambda word: word == "true",
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Say whether auto-renew shall be on (true) or off (false)."),
            "invalid_choice": _("Auto-renew can only be turned on (true) or off (false)."),
        },
    )


class ReplaceCodeForm(forms.Form):
    """Which of the license's codes the person wants to be rid of; without it, the present one."""

    number = forms.IntegerField(required=False, min_value=1, max_value=32767)


class RenewForm(forms.Form):
    """What the person saw who renews by hand; without it, today's is meant."""

    number = forms.IntegerField(required=False, min_value=1, max_value=32767)
    expected_amount = forms.DecimalField(required=False, max_digits=12, decimal_places=2)
    paid_by = forms.CharField(required=False, max_length=40)
