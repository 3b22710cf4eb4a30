"""What the record says of people and invitations."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _g, gettext_lazy as _

from people.models import Invitation
from resellers.models import Reseller
from resellers.naming import Named, keys_of, names_things
from resellers.record import declare, says, thing
from resellers.roles import Role

thing("user", _("User"))
thing("invitation", _("Invitation"))


def role(name: str) -> str:
    """Return a role in words."""
    return str(Role(name).label)


FIELDS = {
    "name": _("name"),
    "address": _("address"),
    "tax_number": _("tax number"),
    "time_zone": _("time zone"),
    "default_term_months": _("usual term"),
    "default_payment_type": _("usual payment"),
    "distribution_company": _("usual distribution company"),
}


def company_settings(changes: Mapping[str, Any]) -> str:
    """Say what of the company was changed, from what to what."""
    parts = [
        _g("%(field)s from “%(was)s” to “%(now)s”")
        % {"field": FIELDS[name], "was": was or "", "now": now or ""}
        for name, (was, now) in changes["changed"].items()
    ]
    return _g("Changed: %(parts)s") % {"parts": "; ".join(parts)}


says("reseller.opened", _("Company opened by the vendor"))
declare("reseller.settings_changed", _("Company settings changed"), company_settings, ["changed"])
says("user.joined", _("Joined"), _("Joined as %(role)s"), role=role)
says("user.disabled", _("Disabled, and signed out everywhere"))
says("user.enabled", _("Enabled"))
says(
    "user.role_changed",
    _("Role changed"),
    _("Role changed from %(was)s to %(role)s"),
    was=role,
    role=role,
)
says("user.session_ended", _("Signed out in another browser"))
says("user.other_sessions_ended", _("Signed out everywhere else"))
says("user.sessions_ended", _("Signed out everywhere"))
says("user.password_changed", _("Password changed"))
says("user.password_reset_sent", _("Link for a new password sent"))
says("user.second_factor_on", _("Second factor set up"))
says("user.second_factor_off", _("Second factor removed"))
says("user.recovery_codes_made", _("New recovery codes made"))
says("invitation.sent", _("Invited"), _("%(email)s invited as %(role)s"), role=role)
says("invitation.sent_again", _("Invited again"), _("%(email)s invited again"))
says("invitation.withdrawn", _("Withdrawn"), _("Invitation of %(email)s withdrawn"))


@names_things
def people(reseller: Reseller, abouts: set[str]) -> Mapping[str, Named]:
    """Name people of the company."""
    keys = keys_of(abouts, "user")
    if not keys:
        return {}
    found = reseller.users.filter(pk__in=keys).only("name")
    return {
        keys[user.pk]: Named(user.name, reverse("settings:user", args=[user.pk])) for user in found
    }


@names_things
def invitations(reseller: Reseller, abouts: set[str]) -> Mapping[str, Named]:
    """Name invitations, by who was invited."""
    keys = keys_of(abouts, "invitation")
    if not keys:
        return {}
    found = Invitation.objects.for_reseller(reseller).filter(pk__in=keys).only("name")
    return {
        keys[invitation.pk]: Named(invitation.name, reverse("settings:users"))
        for invitation in found
    }


@names_things
def company(reseller: Reseller, abouts: set[str]) -> Mapping[str, Named]:
    """Name the company itself."""
    about = keys_of(abouts, "reseller").get(reseller.pk)
    return {about: Named(reseller.name, reverse("settings:company"))} if about else {}
