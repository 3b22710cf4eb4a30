"""What is asked for to mail the links of an order."""

from django import forms
from django.utils.translation import gettext_lazy as _

from activation.link_forms import WordsField

AS_TYPED = {"rows": 12, "autocomplete": "off", "spellcheck": "false", "wrap": "off"}


class SendLinksForm(forms.Form):
    """A pasted list of addresses, own words for all of them, and whether doubts are settled."""

    addresses = forms.CharField(
        label=_("Addresses"),
        strip=False,
        help_text=_("One customer in a line: an address, or a name and an address."),
        error_messages={"required": _("Paste at least one address.")},
        widget=forms.Textarea(attrs=AS_TYPED),
    )
    words = WordsField()
    twice = forms.BooleanField(label=_("Send to these addresses all the same"), required=False)


class ConfirmLinksForm(forms.Form):
    """What was confirmed: the plan that the page showed, under its one-time key."""

    key = forms.UUIDField()
    mark = forms.CharField(max_length=16)
