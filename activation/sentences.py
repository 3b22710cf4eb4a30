"""What the record says of activations."""

from django.utils.translation import gettext_lazy as _

from resellers.record import says

says("license.activated", _("Activated"), _("Activated for %(customer)s"))
