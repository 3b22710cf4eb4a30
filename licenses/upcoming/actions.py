"""Changing the billing state of many licenses at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from licenses.models import License
from licenses.reasons import why_not_change_billing
from licenses.steps import set_recurrent
from resellers.models import Reseller, User


@dataclass(frozen=True)
class Outcome:
    """What became of each license: changed, so already, or refused with the reason."""

    changed: list[License]
    same: list[License]
    refused: list[tuple[License, str]]


@transaction.atomic(durable=True)
def change_billing_states(
    keys: Sequence[int], recurrent: bool, *, actor: User, reseller: Reseller, now: datetime
) -> Outcome:
    """Turn auto-renew of a company's licenses on or off, in one transaction.

    Each is judged as it is once it is locked; the number of queries does not depend on how many
    they are. What cannot be changed is refused and does not keep the others from it.
    """
    locked = License.objects.for_reseller(reseller).select_for_update(no_key=True, of=("self",))
    parts = locked.select_related("product", "reseller", "order").filter(pk__in=keys)
    outcome = sort_out(list(parts.order_by("pk")), recurrent, reseller, now)
    set_recurrent(outcome.changed, recurrent, actor=actor, today=reseller.day_of(now))
    return outcome


def sort_out(
    licenses: Sequence[License], recurrent: bool, reseller: Reseller, now: datetime
) -> Outcome:
    """Return what would become of each license; nothing is changed."""
    today = reseller.day_of(now)
    outcome = Outcome([], [], [])
    for license in licenses:
        reason = why_not_change_billing(license, today)
        if reason:
            outcome.refused.append((license, reason))
        elif license.recurrent == recurrent:
            outcome.same.append(license)
        else:
            outcome.changed.append(license)
    return outcome
