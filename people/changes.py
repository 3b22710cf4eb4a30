"""What may change about how a person signs in; they are told of each change by mail."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SignInChange(models.TextChoices):
    """A change, by the name that the audit record gives it, and in the words of the mail."""

    PASSWORD = "password_changed", _("The password was changed.")
    SECOND_FACTOR_ON = "second_factor_on", _("A second factor is now asked for at sign-in.")
    SECOND_FACTOR_OFF = "second_factor_off", _("No second factor is asked for any more.")
    RECOVERY_CODES = "recovery_codes_made", _("New recovery codes replaced the old ones.")
