"""What an admin may type about the company, and about who is told of what."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.forms import amount_field
from billing.gateway import cards_are_on
from catalog.models import Price
from catalog.terms import term_in_words
from mailing.company import ROLES_IN_WORDS
from people.fields import Lines
from people.forms import time_zones
from reseller_portal.name_fields import LineField, NameField
from reseller_portal.widgets import KeepingSelect
from resellers.models import DistributionCompany, Reseller

NONE = ("", _("None in particular"))
PAYMENTS = [("balance", _("CSS balance")), ("card", _("Credit card"))]


class CompanyForm(forms.Form):
    """The company's name and addresses, its days, and what purchases begin with."""

    name = NameField(
        label=_("Name of the company"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Give a name.")},
    )
    address = Lines(
        label=_("Address"),
        max_length=500,
        required=False,
        help_text=_("Stands on receipts and statements."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    tax_number = LineField(
        label=_("Tax number"),
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Days begin and end in it, for everybody of the company."),
        widget=KeepingSelect,
        error_messages={"invalid_choice": _("Choose one of the zones in the list.")},
    )
    distribution_company: "forms.ModelChoiceField[DistributionCompany]" = forms.ModelChoiceField(
        label=_("Purchases begin with the distribution company"),
        queryset=None,
        required=False,
        empty_label=NONE[1],
        widget=KeepingSelect,
        error_messages={"invalid_choice": _("Choose one that is in use, or none.")},
    )
    default_term_months = forms.TypedChoiceField(
        label=_("Purchases begin with the term"),
        coerce=int,
        empty_value=None,
        required=False,
        widget=KeepingSelect,
        error_messages={"invalid_choice": _("Choose one of the terms in the list.")},
    )
    default_payment_type = forms.ChoiceField(
        label=_("Purchases begin with the payment"),
        required=False,
        widget=KeepingSelect,
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )

    def __init__(self, data: Any = None, *, reseller: Reseller, now: datetime) -> None:
        default = DistributionCompany.objects.for_reseller(reseller).filter(is_default=True).first()
        names = ("name", "address", "tax_number", "time_zone", "default_payment_type")
        initial = {name: getattr(reseller, name) for name in names}
        months = reseller.default_term_months
        begins = {"distribution_company": default, "default_term_months": months}
        super().__init__(data, initial={**initial, **begins})
        fields: dict[str, Any] = self.fields
        fields["time_zone"].choices = [(zone, name) for zone, name in time_zones() if zone]
        fields["default_term_months"].choices = [NONE, *terms(reseller, now)]
        fields["default_payment_type"].choices = [NONE, *PAYMENTS[: 2 if cards_are_on() else 1]]
        companies = DistributionCompany.objects.for_reseller(reseller)
        fields["distribution_company"].queryset = companies.in_use()


def terms(reseller: Reseller, now: datetime) -> list[tuple[str, str]]:
    """Return the terms that are sold today, and the chosen one."""
    prices = Price.objects.in_force(reseller.currency, reseller.day_of(now))
    sold = set(prices.of_products_on_sale(now).values_list("term_months", flat=True))
    if reseller.default_term_months:
        sold.add(reseller.default_term_months)
    return [(str(months), term_in_words(months)) for months in sorted(sold)]


class LowBalance(forms.Form):
    """Below which balance people are warned."""

    below = amount_field(
        _("Warn below"),
        min_value=0,
        help_text=_("0 warns only once the balance is negative."),
        widget=forms.NumberInput(attrs={"autocomplete": "off", "step": "0.01"}),
    )


class ChooseAudience(forms.Form):
    """Whom the mails of one kind go to."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=[(role.value, label) for role, label in ROLES_IN_WORDS.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    people = forms.TypedMultipleChoiceField(
        label=_("And these people"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _(
                "Somebody whom you chose is no active person of the company any more. Look "
                "through the list, and save again."
            )
        },
    )
