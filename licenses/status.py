"""The words for what can be done with a license."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LicenseStatus(models.TextChoices):
    """What can be done with a license today. Derived, never stored."""

    AVAILABLE = "available", _("Available")
    ACTIVE = "active", _("Active")
    GRACE = "grace", _("Grace")
    EXPIRED = "expired", _("Expired")
    CANCELLED = "cancelled", _("Cancelled")
