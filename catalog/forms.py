"""What staff may type about products and prices."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.actions import why_taken
from catalog.models import Price, Product

if TYPE_CHECKING:
    ProductModelForm = forms.ModelForm[Product]
    PriceModelForm = forms.ModelForm[Price]
else:
    ProductModelForm = PriceModelForm = forms.ModelForm


class ProductForm(ProductModelForm):
    """A product. Its terms get a new version whenever their text changes."""

    class Meta:
        model = Product
        fields = "__all__"

    def clean(self) -> dict[str, Any] | None:
        """Refuse other terms under the same version: customers accepted what it named."""
        values = super().clean()
        is_new = self.instance.pk is None
        if not is_new and "terms_text" in self.changed_data and self._keeps_version():
            self.add_error(
                "terms_version",
                _("The terms changed. Give them a new version, which says what was accepted."),
            )
        return values

    def _keeps_version(self) -> bool:
        return "terms_version" not in self.changed_data


class PriceForm(PriceModelForm):
    """A price from today on, or later."""

    class Meta:
        model = Price
        fields = "__all__"

    def clean_valid_from(self) -> Any:
        """Refuse a day that has passed: what was sold then has its price."""
        return not_passed(self.cleaned_data["valid_from"])

    def clean(self) -> dict[str, Any] | None:
        """Refuse, at the day, a second price that begins on it."""
        values = super().clean() or {}
        names = ("product", "term_months", "currency", "minimum_quantity", "valid_from")
        same = {name: values.get(name) for name in names}
        if None not in same.values():
            others = Price.objects.filter(**same).exclude(pk=self.instance.pk)
            if others.exists():
                self.add_error("valid_from", why_taken())
        return values


class Replacement(forms.Form):
    """What a price is replaced by, and from when on."""

    amount = forms.DecimalField(
        label=_("New amount per license"), max_digits=12, decimal_places=2, min_value=0
    )
    valid_from = forms.DateField(
        label=_("Valid from"),
        help_text=_("Purchases and renewals from this day on, as it begins in each time zone."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def clean_valid_from(self) -> date:
        """Refuse a day that has passed."""
        return not_passed(self.cleaned_data["valid_from"])


def not_passed(day: date) -> date:
    """Return a day from today on; raises ValidationError for one on which was sold already."""
    if day < timezone.now().date():
        raise forms.ValidationError(_("A price begins today or later. Choose another day."))
    return day
