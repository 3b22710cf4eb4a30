"""What is asked for to mail an activation link."""

from django import forms
from django.utils.translation import gettext_lazy as _

from reseller_portal.name_fields import NameField, seen
from reseller_portal.secrets import hold_secrets

MOST_WORDS = 1000
MOST_OF_A_NAME = 150


def refuse_secrets(text: str) -> None:
    """Raise ValidationError for what no mail's row may hold."""
    if hold_secrets(text):
        raise forms.ValidationError(
            _(
                "Leave activation codes, links and passwords out: the mail brings the customer's "
                "own link."
            )
        )


class WordsField(forms.CharField):
    """A person's own words in a mail: plain text of some lines, without secrets.

    Characters that only steer a terminal or a mail's head are left out.
    """

    def __init__(self) -> None:
        super().__init__(
            label=_("Your own words"),
            required=False,
            max_length=MOST_WORDS,
            help_text=_("Plain text. The link, the product and how to activate stand in the mail."),
            widget=forms.Textarea(attrs={"rows": 4}),
        )

    def clean(self, value: object) -> str:
        """Return the text with plain line ends. Raises ValidationError for a code or a link."""
        text = super().clean(value)
        lines = text.splitlines()
        kept = "\n".join(seen(line).rstrip() for line in lines)
        refuse_secrets(kept)
        return kept


class SendLinkForm(forms.Form):
    """Whom the link of a license goes to.

    `seen` is the last mail with it that the page showed, `number` says with which of the license's
    codes.
    """

    email = forms.EmailField(
        label=_("Customer's e-mail"),
        max_length=254,
        error_messages={
            "required": _("Give an e-mail address."),
            "invalid": _("Give a whole e-mail address, such as name@company.example."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    name = NameField(
        label=_("Name"),
        required=False,
        max_length=MOST_OF_A_NAME,
        validators=[refuse_secrets],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    words = WordsField()
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    number = forms.IntegerField(
        required=False, min_value=1, max_value=32767, widget=forms.HiddenInput
    )
