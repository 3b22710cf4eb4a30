"""What is asked for to activate a license."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from activation.countries import country_choices
from activation.steps import CustomerDetails
from reseller_portal.name_fields import NameField
from reseller_portal.refusals import Refusal

EXISTING, NEW = "existing", "new"
NEW_ONLY = ("company", "name", "country")


class CustomerForm(forms.Form):
    """The customer's own data: who activates, and where they are reached."""

    company = NameField(
        label=_("Company"),
        max_length=200,
        error_messages={"required": _("Give the name of the company.")},
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    name = NameField(
        label=_("Contact name"),
        max_length=150,
        error_messages={"required": _("Give the name of a person who can be asked.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        error_messages={
            "required": _("Give an e-mail address."),
            "invalid": _("Give a whole e-mail address, such as name@company.example."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    country = forms.ChoiceField(
        label=_("Country"),
        choices=country_choices,
        error_messages={
            "required": _("Choose a country."),
            "invalid_choice": _("Choose a country of the list."),
        },
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )

    def details(self) -> CustomerDetails:
        """Return what was typed, once it is valid."""
        names = ("company", "name", "email", "country")
        return CustomerDetails(**{name: self.cleaned_data[name] for name in names})


class EmailForm(forms.Form):
    """The right address of a customer."""

    email = forms.EmailField(
        label=_("New e-mail"),
        max_length=254,
        error_messages={
            "required": _("Give an e-mail address."),
            "invalid": _("Give a whole e-mail address, such as name@company.example."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off", "autofocus": True}),
    )


class PublicActivationForm(CustomerForm):
    """What the customer fills in behind the activation link.

    `terms_version` says which terms the page showed; without it, today's are meant.
    """

    terms = forms.BooleanField(
        label=_("I accept the terms"),
        error_messages={"required": _("Accept the terms to activate the license.")},
    )
    terms_version = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    field_order = ("company", "name", "email", "country", "terms")


class ActivateForm(CustomerForm):
    """What the reseller fills in: an existing customer's e-mail, or a new customer's data.

    `offer` is the other choice, once a refusal suggests it. The focus begins in the e-mail field;
    with a new customer's address as `initial`, in the next one.
    """

    customer = forms.ChoiceField(
        label=_("Customer"),
        choices=[(EXISTING, _("Existing customer")), (NEW, _("New customer"))],
        initial=EXISTING,
        error_messages={
            "required": _("Say whether the customer is existing or new."),
            "invalid_choice": _("Say whether the customer is existing or new."),
        },
        widget=forms.RadioSelect,
    )
    field_order = ("customer", "email", *NEW_ONLY)
    use_required_attribute = False
    offer: str | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].help_text = _("For an existing customer, the registered one.")
        for name in ("email", *NEW_ONLY):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        if not self.is_bound:
            first = "company" if self.initial.get("customer") == NEW else "email"
            self.fields[first].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        """Overlook the new customer's fields while an existing one is meant."""
        if self.cleaned_data.get("customer") == EXISTING:
            for name in NEW_ONLY:
                self.errors.pop(name, None)
        return self.cleaned_data

    def suggest(self, choice: str, refusal: Refusal) -> None:
        """Put a refusal beside its field, and offer the other choice with it."""
        self.offer = choice
        self.add_error(refusal.field, refusal.message)

    @property
    def is_new(self) -> bool:
        """Say whether a new customer was chosen."""
        return bool(self.cleaned_data["customer"] == NEW)
