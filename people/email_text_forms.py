"""What an admin may type as the text of a mail."""

from collections.abc import Callable
from typing import Any
from unicodedata import category

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mailing.texts.declared import BODY_LENGTH, SUBJECT_LENGTH, Changeable
from mailing.texts.mistakes import in_body, in_subject
from people.fields import Lines
from reseller_portal.name_fields import LineField


class Seen(forms.Form):
    """The edition of a text that was seen."""

    edition = forms.UUIDField(required=False, widget=forms.HiddenInput)


class EmailTextForm(Seen):
    """A subject and a body, with placeholders."""

    field_order = ("subject", "body", "edition")

    subject = LineField(
        label=_("Subject"),
        max_length=SUBJECT_LENGTH,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Give a subject.")},
    )
    body = Lines(
        label=_("Text"),
        max_length=BODY_LENGTH,
        strip=False,
        help_text=_(
            "An empty line begins a paragraph. Placeholders, as in the list, stand in braces; a "
            "brace of your own is written twice."
        ),
        widget=forms.Textarea(attrs={"rows": 18}),
        error_messages={"required": _("Give a text.")},
    )

    def __init__(self, data: Any = None, *, of: Changeable, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.of = of

    def clean_subject(self) -> str:
        """Return the subject without blanks around it."""
        subject = str(self.cleaned_data["subject"])
        return self._checked(subject, in_subject, _("Give a subject."))

    def clean_body(self) -> str:
        """Return the body without empty lines around it."""
        body = str(self.cleaned_data["body"])
        if any(category(sign) == "Cc" and sign not in "\n\t" for sign in body):
            raise ValidationError(_("Take out the control characters: only letters can be seen."))
        return self._checked(body, in_body, _("Give a text."))

    def _checked(
        self, text: str, mistakes: Callable[[str, Changeable], list[str]], missing: Any
    ) -> str:
        if not text.strip():
            raise ValidationError(missing)
        wrong = mistakes(text, self.of)
        if wrong:
            raise ValidationError([ValidationError(said) for said in wrong])
        return text.strip()
