"""What may be asked of the licenses of one bulk change."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from licenses.bulk.querysets import BulkItemQuerySet
from licenses.bulk.results import FAILED, with_result
from licenses.models import BulkChange, BulkItem, BulkOutcome
from reseller_portal.filter_fields import choice_filter
from reseller_portal.filtering import FilterForm, ListFilter, Sort

if TYPE_CHECKING:
    from resellers.models import User

FAILED_ONES = "failed"


class BulkItemFilter(ListFilter):
    """The filters of the results: all, in the order in which they are done."""

    result = choice_filter(
        _("Result"),
        [(FAILED_ONES, _("Not done")), *BulkOutcome.choices],
        method="with_this_result",
    )

    sorts = {"": Sort(_("As they are done"), ("place",))}

    class Meta:
        model = BulkItem
        fields: tuple[str, ...] = ()
        form = FilterForm

    def __init__(self, data: QueryDict, *, user: "User", now: datetime, change: BulkChange) -> None:
        self.change = change
        super().__init__(data, user=user, now=now)

    def start(self) -> BulkItemQuerySet:
        """Return the licenses of the bulk change."""
        items = BulkItem.objects.for_reseller(self.reseller).filter(change=self.change)
        return with_result(items)

    def with_this_result(self, items: QuerySet[Any], _name: str, word: str) -> QuerySet[Any]:
        """Keep those that came to this; `failed` are all that were not done."""
        return items.filter(result__in=FAILED if word == FAILED_ONES else [word])
