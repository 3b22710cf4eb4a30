"""Turning auto-renew of many licenses on or off: what would become of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from licenses.models import License
from licenses.reasons import why_not_change_billing


@dataclass(frozen=True)
class Sorted:
    """Licenses by what would become of them: changed, so already, or refused with the reason."""

    changed: list[License]
    same: list[License]
    refused: list[tuple[License, str]]


def sort_out(licenses: Iterable[License], recurrent: bool, today: date) -> Sorted:
    """Return what would become of each license on the reseller's day; nothing is changed."""
    found = Sorted([], [], [])
    for license in licenses:
        reason = why_not_change_billing(license, today)
        if reason:
            found.refused.append((license, reason))
        elif license.recurrent == recurrent:
            found.same.append(license)
        else:
            found.changed.append(license)
    return found
