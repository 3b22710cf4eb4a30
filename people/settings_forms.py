"""What an admin may type into the settings of people and partners."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from reseller_portal.name_fields import NameField
from resellers.roles import Role

NEEDS_NAME = {"required": _("Give a name.")}
MEANING = {
    Role.VIEWER: _("reads lists and orders, and sees no activation codes"),
    Role.AGENT: _("buys from the balance, sends links, activates, renews"),
    Role.ADMIN: _("all of this, and money, people, settings, mails and activity"),
}
ROLES = [(role.value, format_lazy("{}: {}", role.label, MEANING[role])) for role in Role]


class NameCompany(forms.Form):
    """The name of a distribution company."""

    name = NameField(
        label=_("Name"),
        max_length=200,
        help_text=_("As it is to stand on orders and in files."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages=NEEDS_NAME,
    )


class ChooseRole(forms.Form):
    """What a person may do."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=ROLES,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a role."),
            "invalid_choice": _("Choose one of the roles."),
        },
    )


class InviteColleague(ChooseRole):
    """A person to invite, and the role that waits for them."""

    field_order = ("name", "email", "role")

    name = NameField(
        label=_("Name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages=NEEDS_NAME,
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Give an e-mail address.")},
    )
