"""What the card gateway says otherwise than it is known here: it stays so until staff say why."""

from django.utils.translation import gettext as _

from billing.models import CardPayment, CardRefund
from reseller_portal.refusals import Refusal


def why_not_deal_with(row: CardPayment | CardRefund) -> str | None:
    """Say why there is nothing for staff to deal with."""
    if row.contradicted_at is None:
        return _("The gateway says nothing else than what is known here.")
    if row.dealt_with_at is not None:
        return _("It was dealt with already.")
    return None


def refuse_unless_contradicted(row: CardPayment | CardRefund) -> None:
    """Raise Refusal for what waits for nobody."""
    reason = why_not_deal_with(row)
    if reason:
        raise Refusal(reason)
