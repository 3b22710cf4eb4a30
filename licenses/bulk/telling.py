"""What is said about a change of many licenses."""

from collections.abc import Sequence

from django.utils.formats import number_format
from django.utils.translation import gettext as _, ngettext

from licenses.bulk.previews import Line
from licenses.codes import last_group
from licenses.models import BulkVerb

SHOWN = 20


def heading(verb: BulkVerb, count: int) -> str:
    """Return the title of the confirmation: `Turn auto-renew off for 128 licenses`."""
    if not count:
        return str(verb.label)
    match verb:
        case BulkVerb.TURN_ON:
            said = ngettext(
                "Turn auto-renew on for %(count)s license",
                "Turn auto-renew on for %(count)s licenses",
                count,
            )
        case BulkVerb.TURN_OFF:
            said = ngettext(
                "Turn auto-renew off for %(count)s license",
                "Turn auto-renew off for %(count)s licenses",
                count,
            )
        case _:
            said = ngettext("Renew %(count)s license", "Renew %(count)s licenses", count)
    return said % {"count": number_format(count, force_grouping=True)}


def not_done(refused: Sequence[Line]) -> list[str]:
    """Return a line for each license that is refused, with the reason: the first 20 of them."""
    lines = [
        _("%(code)s of order %(number)s: %(reason)s")
        % {
            "code": last_group(line.license.activation_code),
            "number": line.license.order.number,
            "reason": line.reason,
        }
        for line in refused[:SHOWN]
    ]
    more = len(refused) - SHOWN
    if more > 0:
        lines.append(ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more})
    return lines
