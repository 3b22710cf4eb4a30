"""What the record says of companies and distribution companies."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from resellers.models import DistributionCompany, Reseller
from resellers.naming import Named, keys_of, names_things
from resellers.record import says, thing

thing("reseller", _("Company"))
thing("distribution_company", _("Distribution company"))
thing("distributioncompany", _("Distribution company, by the vendor"))

says("distribution_company.added", _("Added"), _("Added as %(name)s"))
says("distribution_company.renamed", _("Renamed"), _("Renamed from %(was)s to %(name)s"))
says("distribution_company.retired", _("Retired"))
says("distribution_company.brought_back", _("Brought back"))
says("distributioncompany.added", _("Added by the vendor"))
says(
    "distributioncompany.changed",
    _("Changed by the vendor"),
    _("Changed by the vendor: %(fields)s"),
    fields=", ".join,
)
says(
    "reseller.changed",
    _("Company changed by the vendor"),
    _("Company changed by the vendor: %(fields)s"),
    fields=", ".join,
)


@names_things
def distribution_companies(reseller: Reseller, abouts: set[str]) -> Mapping[str, Named]:
    """Name distribution companies."""
    keys = keys_of(abouts, "distributioncompany")
    if not keys:
        return {}
    companies = DistributionCompany.objects.for_reseller(reseller).filter(pk__in=keys)
    return {keys[company.pk]: Named(company.name) for company in companies}
