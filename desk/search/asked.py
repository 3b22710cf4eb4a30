"""What was typed into the search, as each kind of thing reads it."""

import re
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from licenses.codes import as_stored, is_whole, may_begin_a_code
from reseller_portal.secrets import hold_secrets

LENGTH = 254
NUMBER = re.compile(r"[0-9]{1,10}")
WHOLE_NUMBER = 10


class SearchForm(forms.Form):
    """The one field of the search."""

    all_optional = True

    q = forms.CharField(
        label=_("Find anything"),
        required=False,
        max_length=LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off", "enterkeyhint": "search"}),
    )


@dataclass(frozen=True)
class Asked:
    """A text that is looked for, without blanks around it."""

    text: str

    @cached_property
    def digits(self) -> str:
        """Return an order number, or how one begins; nothing where it cannot be."""
        digits = "".join(self.text.split())
        return digits if NUMBER.fullmatch(digits) else ""

    @property
    def number(self) -> str:
        """Return a whole order number, or nothing."""
        return self.digits if len(self.digits) == WHOLE_NUMBER else ""

    @cached_property
    def code(self) -> str:
        """Return an activation code, or how one begins, as it is stored; of a link, its code."""
        code = as_stored(self._last_part)
        return code if may_begin_a_code(code) else ""

    @property
    def whole_code(self) -> str:
        """Return a whole activation code, or nothing."""
        return self.code if is_whole(self.code) else ""

    @property
    def is_secret(self) -> bool:
        """Say whether a whole code or a link is in it, whoever typed it."""
        return bool(self.whole_code) or hold_secrets(self.text)

    @property
    def license(self) -> UUID | None:
        """Return the id of a license, with its order's number before it as in the ledger."""
        try:
            return UUID(self._last_part)
        except ValueError:
            return None

    @property
    def _last_part(self) -> str:
        return self.text.rstrip("/").rpartition("/")[2]
