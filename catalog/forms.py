"""What staff may type about products and prices."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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
        day = self.cleaned_data["valid_from"]
        if day < timezone.now().date():
            raise forms.ValidationError(_("A price begins today or later. Choose another day."))
        return day
