"""What the record says of licenses."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _g, gettext_lazy as _, ngettext

from licenses.codes import last_group
from licenses.models import BulkChange, BulkVerb, License
from reseller_portal.display import day_text
from resellers.models import Reseller
from resellers.naming import Named, names_things, uuids_of
from resellers.record import declare, money, says, thing

thing("license", _("License"))
thing("bulkchange", _("Bulk change"))


def billing_state(changes: Mapping[str, Any]) -> str:
    """Say which way auto-renew was turned."""
    return _g("Auto-renew turned on") if changes["recurrent"] else _g("Auto-renew turned off")


def day(text: str) -> str:
    """Return a day of a change as a person reads it."""
    return day_text(date.fromisoformat(text))


declare("license.billing_state_changed", _("Auto-renew changed"), billing_state, ["recurrent"])
says(
    "license.renewed",
    _("Renewed"),
    _("Renewed for %(amount)s, to %(ends_on)s"),
    amount=money,
    ends_on=day,
)
says("license.renewal_brought_forward", _("Renewal to be tried again at once"))
says(
    "license.code_replaced",
    _("Activation code replaced"),
    _("Activation code replaced: the earlier link is dead"),
)
says("license.link_sent", _("Activation link sent"))
says("license.cancelled", _("Cancelled"))
says("license.looked_up", _("Found by its activation code by the vendor"))
says("license.code_shown", _("Activation code shown to the vendor"))


def bulk_change(changes: Mapping[str, Any]) -> str:
    """Say what was confirmed, and for how many licenses."""
    count = changes["licenses"]
    said = ngettext("%(what)s for %(count)s license", "%(what)s for %(count)s licenses", count)
    return said % {"what": BulkVerb(changes["what"]).label, "count": count}


declare("bulkchange.started", _("Bulk change asked for"), bulk_change, ["what", "licenses"])
says("bulkchange.retried", _("Bulk change tried again"))


@names_things
def bulk_changes(reseller: Reseller, abouts: set[str]) -> Mapping[str, Named]:
    """Name bulk changes by what they do, and lead to their results."""
    uuids = uuids_of(abouts)
    if not uuids:
        return {}
    found = BulkChange.objects.for_reseller(reseller).filter(uuid__in=uuids)
    return {
        str(change.uuid): Named(
            _g("Bulk change: %(verb)s") % {"verb": change.get_verb_display()},
            reverse("bulk:show", args=[change.uuid]),
        )
        for change in found
    }


@names_things
def licenses(reseller: Reseller, abouts: set[str]) -> Mapping[str, Named]:
    """Name licenses by the last group of their code, and lead to their order."""
    uuids = uuids_of(abouts)
    if not uuids:
        return {}
    found = License.objects.for_reseller(reseller).filter(uuid__in=uuids)
    rows = found.values_list("uuid", "activation_code", "order__number")
    return {
        str(uuid): Named(
            _g("License %(code)s") % {"code": last_group(code)},
            reverse("orders:show", args=[number]),
        )
        for uuid, code, number in rows
    }
