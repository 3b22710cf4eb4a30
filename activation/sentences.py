"""What the record says of activations."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from activation.models import Customer
from resellers.models import Reseller
from resellers.naming import Named, names_things, uuids_of
from resellers.record import says, thing

thing("customer", _("Customer"))

says("license.activated", _("Activated"), _("Activated for %(customer)s"))
says("license.moved", _("Moved to another customer"), _("Moved from %(from)s to %(to)s"))
says("customer.email_corrected", _("Registered e-mail corrected"))
says("customer.erased", _("Personal data erased by the vendor"))


@names_things
def customers(reseller: Reseller, abouts: set[str]) -> Mapping[str, Named]:
    """Name customers by their company."""
    uuids = uuids_of(abouts)
    if not uuids:
        return {}
    found = Customer.objects.for_reseller(reseller).filter(uuid__in=uuids)
    return {
        uuids[customer.uuid]: Named(
            customer.company, reverse("activation:customer", args=[customer.uuid])
        )
        for customer in found
    }
