"""What the mail log says when it shows no mail."""

from django.utils.translation import gettext as _

from mailing.filters import MailFilter
from reseller_portal.empty import Empty


def empty(filters: MailFilter) -> Empty:
    """Return what a list without mails says: one query."""
    if not filters.start().exists():
        return Empty(
            "mail",
            _("No mails yet"),
            _(
                "Invitations, order confirmations, activation links and notices about renewals "
                "will stand here, each with what became of it."
            ),
        )
    if filters.given() == filters.defaults():
        return Empty(
            "mail",
            _("No mails in the last seven days"),
            _("Earlier mails are still there."),
            f"?{filters.query(without=filters.filters)}",
            _("Show all days"),
        )
    return Empty(
        "mail",
        _("No mails match"),
        _("Nothing was sent in this way on these days. Choose more days, or clear all filters."),
        f"?{filters.query(without=filters.filters)}",
        _("Clear all filters"),
    )
