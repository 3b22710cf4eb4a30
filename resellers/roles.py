"""Who may do what: the role table, in one place."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from reseller_portal.rights import Right

__all__ = ["RIGHTS", "Right", "Role"]


class Role(models.TextChoices):
    """What a person of a reseller is there for."""

    VIEWER = "viewer", _("Viewer")
    AGENT = "agent", _("Agent")
    ADMIN = "admin", _("Admin")


RIGHTS: dict[str, frozenset[Right]] = {
    Role.VIEWER: frozenset({Right.READ}),
    Role.AGENT: frozenset({Right.READ, Right.SEE_CODES, Right.OPERATE}),
    Role.ADMIN: frozenset(Right),
}
