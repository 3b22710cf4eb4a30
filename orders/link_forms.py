"""What is asked for to mail the links of an order."""

from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from activation.limits import MOST_AN_HOUR
from activation.link_forms import WordsField

LONGEST = 250_000  # characters: as many lines as may be sent in an hour fit in well
AS_TYPED = {"rows": 12, "autocomplete": "off", "spellcheck": "false", "wrap": "off"}


class AddressesField(forms.CharField):
    """A pasted list. Of one that is far too long nothing comes back: no browser shows it at once.

    There is no `max_length`: browsers would cut the list to it without a word.
    """

    def clean(self, value: object) -> str:
        """Return the list as it was pasted. Raises ValidationError if it is too long to be read."""
        if len(str(value)) <= LONGEST:
            return str(super().clean(value))
        raise forms.ValidationError(
            _(
                "The list has %(lines)s lines; at most %(most)s can be sent at once. It is too "
                "long to be kept on this page: paste a part of it."
            )
            % {
                "lines": number_format(str(value).count("\n") + 1, force_grouping=True),
                "most": number_format(MOST_AN_HOUR),
            }
        )

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return what the field shows after it was sent."""
        return "" if len(data or "") > LONGEST else super().bound_data(data, initial)


class SendLinksForm(forms.Form):
    """A pasted list of addresses, own words for all of them, and whether doubts are settled."""

    addresses = AddressesField(
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
