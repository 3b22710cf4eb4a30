"""What is said about a change of many licenses."""

from collections.abc import Sequence

from django.utils.formats import number_format
from django.utils.translation import gettext as _, ngettext

from licenses.codes import last_group
from licenses.models import License
from licenses.upcoming.actions import Outcome

SHOWN = 20


def heading(count: int, *, recurrent: bool) -> str:
    """Return the title of the confirmation: `Turn auto-renew off for 128 licenses`."""
    said = ngettext(
        "Turn auto-renew on for %(count)s license",
        "Turn auto-renew on for %(count)s licenses",
        count,
    )
    if not recurrent:
        said = ngettext(
            "Turn auto-renew off for %(count)s license",
            "Turn auto-renew off for %(count)s licenses",
            count,
        )
    return said % {"count": number_format(count, force_grouping=True)}


def done(outcome: Outcome, *, recurrent: bool) -> str:
    """Return what was done; that nothing was, where nothing was."""
    count = len(outcome.changed)
    if not count:
        return _("Nothing was changed.")
    said = ngettext(
        "Auto-renew is on for %(count)s license.",
        "Auto-renew is on for %(count)s licenses.",
        count,
    )
    if not recurrent:
        said = ngettext(
            "Auto-renew is off for %(count)s license.",
            "Auto-renew is off for %(count)s licenses.",
            count,
        )
    return said % {"count": number_format(count, force_grouping=True)}


def not_done(refused: Sequence[tuple[License, str]]) -> list[str]:
    """Return a line for each license that was refused, with the reason: the first 20 of them."""
    lines = [
        _("%(code)s of order %(number)s: %(reason)s")
        % {
            "code": last_group(license.activation_code),
            "number": license.order.number,
            "reason": reason,
        }
        for license, reason in refused[:SHOWN]
    ]
    more = len(refused) - SHOWN
    if more > 0:
        lines.append(ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more})
    return lines
