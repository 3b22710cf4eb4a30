"""The license keys of an order, as a table with a menu in every row."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy
from django_tables2.data import TableListData

from licenses.codes import last_group
from licenses.menu import row_menu
from licenses.models import License
from licenses.status import LicenseStatus
from reseller_portal.display import day_text
from reseller_portal.templatetags.portal import code, day, state_pill

if TYPE_CHECKING:
    from django.core.paginator import Page
    from django.utils.functional import _StrPromise

    from resellers.models import User

YES: "_StrPromise" = gettext_lazy("True")
NO: "_StrPromise" = gettext_lazy("False")


class SortedRows(TableListData):  # type: ignore[misc]
    """Rows that the database has sorted; the table only shows which way."""

    def order_by(self, aliases: object) -> None:
        """Leave the rows as they came."""


class LicenseKeyTable(tables.Table):  # type: ignore[misc]
    """License keys with their state on a day.

    The rows come sorted and cut to one page, with `product`, `customer`, `reseller` and the order's
    distribution company loaded. `query` is the address of what is shown, so that a dialog leads
    back to it.
    """

    chosen = tables.Column(
        verbose_name=gettext_lazy("Choose"),
        accessor="pk",
        orderable=False,
        attrs={"th": {"unseen": "1"}, "td": {"class": "choose"}},
    )
    activation_code = tables.Column(verbose_name=gettext_lazy("Activation Code"))
    anchor_on = tables.Column(verbose_name=gettext_lazy("From"))
    ends_on = tables.Column(verbose_name=gettext_lazy("To"))
    auto_renew = tables.Column(verbose_name=gettext_lazy("Auto Renew"))
    recurrent = tables.Column(verbose_name=gettext_lazy("Recurrent"))
    distribution_company = tables.Column(
        verbose_name=gettext_lazy("Distribution Company"),
        accessor="order__distribution_company__name",
        orderable=False,
    )
    status = tables.Column(verbose_name=gettext_lazy("Status"), accessor="pk")
    customer = tables.Column(verbose_name=gettext_lazy("Customer"), accessor="customer__company")
    actions = tables.Column(
        verbose_name=gettext_lazy("Actions"),
        accessor="pk",
        orderable=False,
        attrs={"th": {"unseen": "1", "class": "end"}, "td": {"class": "end"}},
    )

    class Meta:
        row_attrs = {"id": lambda record: f"license-{record.uuid}"}
        default = ""

    def __init__(
        self,
        rows: Sequence[License],
        *,
        user: "User",
        today: date,
        query: str = "",
        page: "Page[Any] | None" = None,
        **options: Any,
    ) -> None:
        self.user, self.today, self.query = user, today, query
        if not user.may_operate:
            options["exclude"] = ("chosen",)
        super().__init__(SortedRows(list(rows)), **options)
        self.page = page

    @property
    def paginated_rows(self) -> Any:
        """Return the rows: they were cut to one page before they came here."""
        return self.rows

    def render_chosen(self, record: License) -> SafeString:
        """Show the box of the row; it belongs to the form above the table."""
        return render_to_string(
            "bulk/box.html", {"license": record, "form_id": f"many-{record.order.number}"}
        )

    def render_activation_code(self, value: str) -> SafeString:
        """Show the code, or its last group to a person who may not see codes."""
        if self.user.may_see_codes:
            return code(value)
        return format_html(
            '<span class="code" title="{}">{}</span>',
            _("Your role may not see activation codes"),
            last_group(value),
        )

    def render_anchor_on(self, value: date) -> SafeString:
        """Show From."""
        return day(value)

    def render_ends_on(self, value: date) -> SafeString:
        """Show To."""
        return day(value)

    def render_auto_renew(self, value: bool) -> "_StrPromise":
        """Show whether the license renews by itself."""
        return YES if value else NO

    def render_recurrent(self, value: bool) -> "_StrPromise":
        """Show whether it was set to renew."""
        return YES if value else NO

    def render_status(self, record: License) -> SafeString:
        """Show what can be done with the license today."""
        status = record.status_on(self.today)
        pill = state_pill(status.value, str(LicenseStatus(status).label))
        if status != LicenseStatus.AVAILABLE or record.link_sent_at is None:
            return pill
        said = _("Link could not be sent")
        if record.has_sent_link:
            said = _("Link sent %(day)s") % {"day": day_text(record.link_sent_at)}
        return format_html('{}<br><span class="muted small">{}</span>', pill, said)

    def render_actions(self, record: License) -> SafeString:
        """Show the menu of what a person may do with the license."""
        items = row_menu(record, user=self.user, today=self.today, query=self.query)
        return render_to_string("licenses/menu.html", {"license": record, "items": items})
