"""What the record says of mails."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _g, gettext_lazy as _

from mailing.company import ROLES_IN_WORDS
from mailing.kinds import label_of
from mailing.models import shown_address
from mailing.texts.trying import about_text, changeable_kinds
from resellers.models import Reseller
from resellers.naming import Named, names_things
from resellers.record import Word, declare, says, thing
from resellers.roles import Role

thing("mail", _("Mail"))
thing("notice", _("Notices"))

TO_WHOM: dict[str, Word] = {"kind": label_of, "to": shown_address}


def audience(changes: Mapping[str, Any]) -> str:
    """Say whom the mails of a kind go to."""
    roles = [str(ROLES_IN_WORDS[Role(role)]) for role in changes["roles"]]
    said = _g("“%(kind)s” goes to: %(told)s")
    told = ", ".join([*roles, *changes["people"]]) or _g("nobody")
    return said % {"kind": label_of(changes["kind"]), "told": told}


declare("notice.audience_chosen", _("Who is told changed"), audience, ["kind", "roles", "people"])

says("mail.retried", _("Mail tried again"), _("%(kind)s to %(to)s tried again"), **TO_WHOM)
says("mail.set_aside", _("Mail set aside"), _("%(kind)s to %(to)s set aside"), **TO_WHOM)
says("mail.resent", _("Mail sent once more"), _("%(kind)s to %(to)s sent once more"), **TO_WHOM)


def changed_text(changes: Mapping[str, Any]) -> str:
    """Say what of a text was changed; what it said is not kept."""
    words = {"subject": _g("subject"), "body": _g("text")}
    fields = ", ".join(words[name] for name in changes["fields"])
    return _g("Own text written: %(fields)s") % {"fields": fields}


thing("email_text", _("E-mail text"))
declare("email_text.changed", _("E-mail text changed"), changed_text, ["fields"])
says("email_text.reset", _("Set back to the standard text"))


@names_things
def email_texts(_reseller: Reseller, abouts: set[str]) -> Mapping[str, Named]:
    """Name texts of mails, by their kinds."""
    names = {about_text(kind.name): kind for kind in changeable_kinds()}
    return {
        about: Named(str(kind.label), reverse("settings:email_text", args=[kind.name]))
        for about, kind in names.items()
        if about in abouts
    }
