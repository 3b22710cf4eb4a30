"""What may be asked of the list of what a company was told."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from licenses.models import Notice, NoticeKind
from licenses.notices.querysets import NoticeQuerySet
from reseller_portal.filter_fields import choice_filter, day_filter
from reseller_portal.filtering import FilterForm, ListFilter, Range, Sort


class NoticeFilter(ListFilter):
    """The filters of notices: all that was told, newest first, unless asked otherwise."""

    date_from = day_filter(_("From"))
    date_to = day_filter(_("To"))
    kind = choice_filter(_("Kind"), NoticeKind.choices)

    sorts = {
        "-day": Sort(_("Newest first"), ("-told_on", "-kind")),
        "day": Sort(_("Oldest first"), ("told_on", "kind")),
        "to": Sort(_("By the end of the license"), ("license__ends_on",)),
    }
    ranges = (Range("date_from", "date_to", _("Day"), "told_between"),)

    class Meta:
        model = Notice
        fields: tuple[str, ...] = ()
        form = FilterForm

    def start(self) -> NoticeQuerySet:
        """Return what the person's own company was told."""
        return Notice.objects.for_reseller(self.reseller).filter(told_on__isnull=False)

    def told_between(
        self, notices: NoticeQuerySet, first: date | None, last: date | None
    ) -> NoticeQuerySet:
        """Keep what was told on these days."""
        return notices.told_between(first, last)
