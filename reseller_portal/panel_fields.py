"""How the fields of a search panel are drawn: seldom, as most of them hold nothing."""

from collections.abc import Hashable
from typing import TYPE_CHECKING, Final

from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import get_language

if TYPE_CHECKING:
    from reseller_portal.filtering import FilterForm

DRAWN: Final[dict[Hashable, SafeString]] = {}
MOST: Final = 2_000


class PanelField(BoundField):
    """A field that is drawn once for all panels in which nothing was typed into it."""

    form: "FilterForm"

    def as_field_group(self) -> SafeString:
        """Return the field with its label, and its error where there is one."""
        choices, value = tuple(getattr(self.field, "choices", ())), self.value()
        if self.errors or (value and value not in dict(choices)):
            return super().as_field_group()
        key = (get_language(), self.form.of, self.name, str(self.label), value, choices)
        drawn = DRAWN.get(key)
        if drawn is None:
            drawn = super().as_field_group()
            if len(DRAWN) >= MOST:
                DRAWN.clear()
            DRAWN[key] = drawn
        return drawn
