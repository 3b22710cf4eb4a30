"""What the record says of exports."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext as _g, gettext_lazy as _

from exports.kinds import label_of
from exports.models import Export
from resellers.models import Reseller
from resellers.naming import Named, names_things, uuids_of
from resellers.record import says, thing

thing("export", _("Export"))

says("export.started", _("Export asked for"), _("Export of %(kind)s asked for"), kind=label_of)
says(
    "export.retried",
    _("Export tried again"),
    _("Export of %(kind)s tried again"),
    kind=label_of,
)


@names_things
def exports(reseller: Reseller, abouts: set[str]) -> Mapping[str, Named]:
    """Name exports, by what they are of."""
    uuids = uuids_of(abouts)
    if not uuids:
        return {}
    found = Export.objects.for_reseller(reseller).filter(uuid__in=uuids)
    return {
        str(export.uuid): Named(
            _g("Export of %(kind)s") % {"kind": label_of(export.kind)},
            reverse("exports:show", args=[export.uuid]),
        )
        for export in found
    }
