"""What became of the licenses of a bulk change, as it is known now.

A card payment that was being checked, or that a person had to confirm, may end after the job has.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db.models import Case, CharField, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from licenses.bulk.querysets import BulkItemQuerySet
from licenses.models import BulkChange, BulkItem, BulkOutcome, RenewalAttempt, RenewalState

OPEN = (BulkOutcome.CHECKING, BulkOutcome.CONFIRMING)
FAILED = (BulkOutcome.REFUSED, BulkOutcome.CONFIRMING)

PAID_SINCE = Q(outcome__in=OPEN, renewal__state=RenewalState.PAID)
FAILED_SINCE = Q(
    outcome=BulkOutcome.CHECKING,
    renewal__state__in=[RenewalState.WAITING, RenewalState.ENDED],
)


def with_result(items: BulkItemQuerySet) -> BulkItemQuerySet:
    """Add `result` (a word of BulkOutcome) and `why`, the reason."""
    tries = RenewalAttempt.objects.filter(
        reseller=OuterRef("reseller"), renewal=OuterRef("renewal")
    ).order_by("-at", "-pk")
    return items.annotate(
        result=Case(
            When(PAID_SINCE, then=Value(BulkOutcome.DONE.value)),
            When(FAILED_SINCE, then=Value(BulkOutcome.REFUSED.value)),
            default=F("outcome"),
            output_field=CharField(),
        ),
        why=Case(
            When(PAID_SINCE, then=Value("")),
            When(FAILED_SINCE, then=Coalesce(Subquery(tries.values("reason")[:1]), Value(""))),
            default=F("reason"),
            output_field=CharField(),
        ),
    )


def results_of(change: BulkChange) -> Mapping[str, int]:
    """Return how many licenses came to what: one query."""
    items: Any = with_result(BulkItem.objects.for_reseller(change.reseller).filter(change=change))
    found = items.order_by().values("result").annotate(count=Count("pk"))
    return Counter({row["result"]: row["count"] for row in found})
