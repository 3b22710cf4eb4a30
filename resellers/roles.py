"""Who may do what: the role table, in one place."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person of a reseller is there for."""

    VIEWER = "viewer", _("Viewer")
    AGENT = "agent", _("Agent")
    ADMIN = "admin", _("Admin")


class Right(StrEnum):
    """One line of the role table."""

    READ = "read"
    SEE_CODES = "see_codes"
    OPERATE = "operate"
    ADMINISTER = "administer"


RIGHTS: dict[str, frozenset[Right]] = {
    Role.VIEWER: frozenset({Right.READ}),
    Role.AGENT: frozenset({Right.READ, Right.SEE_CODES, Right.OPERATE}),
    Role.ADMIN: frozenset(Right),
}
