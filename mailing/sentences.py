"""What the record says of mails."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _g, gettext_lazy as _

from mailing.company import ROLES_IN_WORDS
from mailing.kinds import label_of
from resellers.record import declare, says, thing
from resellers.roles import Role

thing("mail", _("Mail"))
thing("notice", _("Notices"))


def audience(changes: Mapping[str, Any]) -> str:
    """Say whom the mails of a kind go to."""
    roles = [str(ROLES_IN_WORDS[Role(role)]) for role in changes["roles"]]
    said = _g("“%(kind)s” goes to: %(told)s")
    told = ", ".join([*roles, *changes["people"]]) or _g("nobody")
    return said % {"kind": label_of(changes["kind"]), "told": told}


declare("notice.audience_chosen", _("Who is told changed"), audience, ["kind", "roles", "people"])

says("mail.retried", _("Mail tried again"), _("%(kind)s to %(to)s tried again"), kind=label_of)
says("mail.resent", _("Mail sent once more"), _("%(kind)s to %(to)s sent once more"), kind=label_of)
