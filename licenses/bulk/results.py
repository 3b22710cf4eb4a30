"""What became of the licenses of a bulk change, as it is known now.

What was left to the card is charged beside the job, and may end long after it: the payment says
how.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, Value, When
from django.utils.translation import gettext as _

from billing.models import PaymentState
from billing.models.payment import OPEN
from licenses.bulk.querysets import BulkItemQuerySet
from licenses.models import BulkChange, BulkItem, BulkOutcome, RenewalState

FAILED = (BulkOutcome.REFUSED, BulkOutcome.CONFIRMING)

LEFT_TO_THE_CARD = Q(outcome=BulkOutcome.CHECKING)
CONFIRMING = LEFT_TO_THE_CARD & Q(payment__state=PaymentState.CONFIRMING)
IS_OPEN = LEFT_TO_THE_CARD & Q(payment__state__in=OPEN)
PAID = LEFT_TO_THE_CARD & Q(payment__state=PaymentState.SUCCEEDED)
RENEWED = PAID & Q(renewal__state=RenewalState.PAID)


def with_result(items: BulkItemQuerySet) -> BulkItemQuerySet:
    """Add `result` (a word of BulkOutcome) and `why`, the reason."""
    given_back = _("It was not needed any more; the card gets the money back.")
    return items.annotate(
        result=Case(
            When(CONFIRMING, then=Value(BulkOutcome.CONFIRMING.value)),
            When(IS_OPEN, then=Value(BulkOutcome.CHECKING.value)),
            When(RENEWED, then=Value(BulkOutcome.DONE.value)),
            When(LEFT_TO_THE_CARD, then=Value(BulkOutcome.REFUSED.value)),
            default=F("outcome"),
            output_field=CharField(),
        ),
        why=Case(
            When(RENEWED, then=Value("")),
            When(PAID, then=Value(given_back)),
            When(LEFT_TO_THE_CARD, then=F("payment__reason")),
            default=F("reason"),
            output_field=CharField(),
        ),
    )


def results_of(change: BulkChange) -> Mapping[str, int]:
    """Return how many licenses came to what: one query."""
    items: Any = with_result(_items(change))
    found = items.order_by().values("result").annotate(count=Count("pk"))
    return Counter({row["result"]: row["count"] for row in found})


def being_charged(change: BulkChange) -> int:
    """Return for how many licenses the card is just being asked, or will be."""
    return _items(change).filter(LEFT_TO_THE_CARD, payment__state=PaymentState.SENDING).count()


def _items(change: BulkChange) -> BulkItemQuerySet:
    return BulkItem.objects.for_reseller(change.reseller).filter(change=change)
