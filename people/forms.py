"""What people type to get in."""

from typing import Any
from zoneinfo import available_timezones

from allauth.account.fields import EmailField
from django import forms
from django.contrib.auth import password_validation
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.actions import ask_for_reset
from people.models import Invitation
from people.password_hints import HintOrError
from reseller_portal.name_fields import NameField
from resellers.models import Currency, User
from resellers.roles import Role

CONTINENTS = frozenset(
    {
        *("Africa", "America", "Antarctica", "Arctic", "Asia"),
        *("Atlantic", "Australia", "Europe", "Indian", "Pacific"),
    }
)


def time_zones() -> list[tuple[str, str]]:
    """Return the zones to choose from, by their names in the tz database."""
    places = sorted(name for name in available_timezones() if name.split("/")[0] in CONTINENTS)
    return [("", "---------"), *((name, name.replace("_", " ")) for name in ["UTC", *places])]


class AskForReset(forms.Form):
    """The address to which a link for a new password goes; it may be anybody's or nobody's."""

    email = EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def save(self, _request: HttpRequest) -> str:
        """Queue the mail and return the address."""
        email: str = self.cleaned_data["email"]
        ask_for_reset(email, now=timezone.now())
        return email


class AcceptInvitation(HintOrError, forms.Form):
    """The name and the password with which an invited person begins."""

    name = NameField(
        label=_("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validation.password_validators_help_text_html(),
    )
    password2 = forms.CharField(
        label=_("Password, once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data: QueryDict | None = None, *, invitation: Invitation) -> None:
        super().__init__(data, initial={"name": invitation.name})
        self.invitation = invitation

    def clean(self) -> dict[str, Any]:
        """Hold the password to the rules, and both fields to each other."""
        values = super().clean() or {}
        password = values.get("password1")
        if password and "password2" in values and password != values["password2"]:
            self.add_error("password2", _("The two passwords differ. Type the same one twice."))
        if password:
            person = User(email=self.invitation.email, name=values.get("name", ""))
            try:
                password_validation.validate_password(password, person)
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return values


class InvitePerson(forms.Form):
    """A person to invite, and the role that waits for them."""

    name = NameField(label=_("Name"), max_length=150)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


class OpenReseller(forms.Form):
    """A new company and its first admin."""

    name = NameField(label=_("Name of the company"), max_length=200)
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency.choices)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zones,
        help_text=_("Days begin and end in this zone: of orders, of licenses, of reports."),
    )
    admin_name = NameField(label=_("Name of the first admin"), max_length=150)
    admin_email = forms.EmailField(label=_("E-mail address of the first admin"), max_length=254)
