"""What the record says of activations."""

from django.utils.translation import gettext_lazy as _

from resellers.record import says, thing

thing("customer", _("Customer"))

says("license.activated", _("Activated"), _("Activated for %(customer)s"))
says("license.moved", _("Moved to another customer"), _("Moved from %(from)s to %(to)s"))
says("customer.email_corrected", _("Registered e-mail corrected"))
says("customer.erased", _("Personal data erased by the vendor"))
