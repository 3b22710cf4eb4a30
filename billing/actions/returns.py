"""Sending a deposit by card back to that card: out of the balance and on its way in one step."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing.deposits import DEPOSIT
from billing.models import ZERO, Account, BalanceEntry, CardPayment, EntryKind
from billing.payments.opening import note
from billing.payments.refunding import left_of, open_refund
from billing.payments.settling import lock_payment
from billing.payments.telling import tell_returned
from billing.steps import post_entry, posted, still_returnable, why_parked
from reseller_portal.display import money_text
from reseller_portal.money import to_cents
from reseller_portal.refusals import Refusal
from resellers.models import User


@transaction.atomic(durable=True)
def return_to_card(
    payment_id: int, amount: Decimal, *, key: UUID, actor: User, now: datetime
) -> BalanceEntry:
    """Send a deposit, or a part of it, back to the card that paid it.

    `key` is the one-time key of the form: pressed twice, it is one return. Raises Refusal for what
    is no deposit that was paid, for a parked account, and at the field `amount` for more than the
    payment has left, or than the deposits and the balance hold.
    """
    payment, account = lock_payment(payment_id)
    entry_key = f"deposit-refund/{key}"
    before = posted(entry_key)
    if before is not None:
        return before
    reason = why_not_return(payment, account)
    if reason:
        raise Refusal(reason)
    _refuse_unless_covered(payment, account, amount)
    entry = post_entry(
        account,
        EntryKind.DEPOSIT_REFUND,
        -to_cents(amount),
        key=entry_key,
        reference=str(payment.card),
        actor=actor,
        at=now,
    )
    note(payment, "payment.deposit_returned", actor, returned=str(-entry.amount))
    open_refund(payment, -entry.amount, key=entry_key, actor=actor, now=now)
    tell_returned(payment, entry, now)
    return entry


def why_not_return(payment: CardPayment, account: Account) -> str | None:
    """Say why nothing of a payment can be sent back to its card, and what to do."""
    if payment.purpose != DEPOSIT.name or not payment.is_paid:
        return _("Only a deposit that was paid can be returned. Refund orders instead.")
    if account.is_parked:
        return why_parked()
    if not most(payment, account):
        return _("Nothing of it can be returned: it was spent, or went back already.")
    return None


def most(payment: CardPayment, account: Account) -> Decimal:
    """Return how much of a deposit can be sent back: never credit, nor what went back before."""
    return max(min(left_of(payment), still_returnable(account)), ZERO)


def _refuse_unless_covered(payment: CardPayment, account: Account, amount: Decimal) -> None:
    if amount <= ZERO:
        raise Refusal(_("Give an amount above zero."), field="amount")
    limit = most(payment, account)
    if amount > limit:
        said = _("At most %(most)s can be sent back. Choose a smaller amount.")
        raise Refusal(said % {"most": money_text(limit, account.currency)}, field="amount")
