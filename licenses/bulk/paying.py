"""Paying one license of a bulk change from what was confirmed, or not at all.

What pays was said before: where that does not, the license comes back with the reason, and nothing
else is charged for it.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import ZERO, Account, Card
from billing.payments.opening import why_not_charge
from licenses.models import (
    BulkChange,
    BulkItem,
    BulkOutcome,
    License,
    Renewal,
    RenewalState,
    Source,
)
from licenses.renewing import cards
from licenses.renewing.manual import Means, NotCovered, begin
from reseller_portal.refusals import Refusal
from resellers.models import User
from resellers.roles import Right

MEANS = {
    Source.BALANCE.value: Means(balance=True, card=False),
    Source.CARD.value: Means(balance=False, card=True),
    "": Means(balance=False, card=False),
}


def pay(
    item: BulkItem,
    license: License,
    account: Account,
    *,
    why_no_card: str | None,
    actor: User,
    now: datetime,
) -> None:
    """Pay one license, or leave a payment for its card; it and the account are locked."""
    try:
        renewal = _begun(item, license, account, why_no_card, actor=actor, now=now)
    except Refusal as refusal:
        item.outcome, item.reason = BulkOutcome.REFUSED, _reason(item, account, refusal)
        return
    item.renewal, item.source = renewal, item.confirmed_source
    if renewal.state == RenewalState.PAID:
        item.outcome = BulkOutcome.DONE
        account.refresh_from_db(fields=["balance", "next_sequence"])
    else:
        item.outcome, item.payment = BulkOutcome.CHECKING, cards.open_payment_of(license)


def _begun(
    item: BulkItem,
    license: License,
    account: Account,
    why_no_card: str | None,
    *,
    actor: User,
    now: datetime,
) -> Renewal:
    if why_no_card and item.confirmed_source == Source.CARD:
        raise Refusal(why_no_card)
    with transaction.atomic():
        means = MEANS[item.confirmed_source]
        return begin(account, license, means, item.amount, actor=actor, now=now)


def _reason(item: BulkItem, account: Account, refusal: Refusal) -> str:
    if not isinstance(refusal, NotCovered):
        return str(refusal)
    if item.confirmed_source == Source.BALANCE:
        return no_longer(_("the balance was to pay it, and does not cover it any more."))
    if account.missing_for(item.amount or ZERO):
        return str(refusal)
    return no_longer(_("the balance did not cover it then, and does now. Renew it once more."))


def why_no_card(change: BulkChange, actor: User, now: datetime) -> str | None:
    """Say why the card that was confirmed is not charged; the account is locked."""
    if change.card is None:
        return None
    if not actor.may(Right.ADMINISTER):
        return no_longer(_("the person who confirmed it may not pay by card any more."))
    default, card = Card.objects.default_of(change.reseller), {"card": str(change.card)}
    if default is None or default.pk != change.card.pk:
        return no_longer(_("%(card)s is not the default card any more. Renew it once more.") % card)
    if default.refused_at is not None:
        return _("%(card)s was declined for good. Choose another card, and renew it then.") % card
    return why_not_charge(default, change.reseller.day_of(now))


def no_longer(why: str) -> str:
    """Say that something else is true by now than was confirmed."""
    return _("What was confirmed no longer holds: %(why)s") % {"why": why}
