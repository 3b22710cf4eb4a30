"""What vendor staff do with money that did not get back to the card that paid it: it is owed."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from billing.contradictions import refuse_unless_contradicted, why_not_deal_with
from billing.deposits import DEPOSIT
from billing.models import Account, CardRefund, CardRefundState, EntryKind
from billing.payments.settling_refunds import end_refund, note_refund, save_refund
from billing.payments.telling import tell_to_balance
from billing.steps import lock_account, post_entry
from reseller_portal.refusals import Refusal
from resellers.models import User

UNDER_WAY = (CardRefundState.WAITING, CardRefundState.PARKED)


@transaction.atomic(durable=True)
def ask_about_refund(refund_id: int, *, actor: User, now: datetime) -> CardRefund:
    """Have a worker ask the gateway at once. Raises Refusal for one that is settled."""
    refund, _account = _locked(refund_id)
    if refund.state not in UNDER_WAY:
        raise Refusal(_why_settled(refund))
    if refund.state == CardRefundState.PARKED:
        refund.checks = len(settings.CARD_CHECK_SECONDS) - 1
    refund.state, refund.next_check_at = CardRefundState.WAITING, now
    save_refund(refund)
    note_refund(refund, "payment.refund_asked_again", actor)
    return refund


@transaction.atomic(durable=True)
def send_refund_again(refund_id: int, because: str, *, actor: User, now: datetime) -> CardRefund:
    """Ask for the money once more, as something new, since staff found that it did not go back.

    `because` is for staff. Raises Refusal for one that is not with staff, or that may still arrive.
    """
    refund, _account = _undecided(refund_id, why_not_pay_anew)
    refund.state, refund.next_check_at = CardRefundState.WAITING, now
    refund.tries, refund.checks = refund.tries + 1, 0
    refund.gateway_id, refund.sent_at = "", None
    save_refund(refund)
    note_refund(refund, "payment.refund_sent_again", actor, because=because)
    return refund


@transaction.atomic(durable=True)
def declare_paid_back(
    refund_id: int, gateway_id: str, because: str, *, actor: User, now: datetime
) -> CardRefund:
    """Settle a refund that staff found at the gateway; without its id it was paid back otherwise.

    `because` is for staff. Raises Refusal for one that is not with staff, and, at the field
    `gateway_id`, for the id of another refund.
    """
    refund, _account = _undecided(refund_id)
    if not gateway_id:
        end_refund(refund, CardRefundState.OTHERWISE, now)
        note_refund(refund, "payment.refunded_otherwise", actor, because=because)
        return refund
    refund.gateway_id = gateway_id
    note_refund(refund, "payment.refund_declared", actor, because=because)
    try:
        with transaction.atomic():
            end_refund(refund, CardRefundState.SUCCEEDED, now)
    except IntegrityError:
        said = _("This id belongs to another refund. Check that you looked at the right one.")
        raise Refusal(said, field="gateway_id") from None
    return refund


@transaction.atomic(durable=True)
def pay_to_balance(refund_id: int, reason: str, *, actor: User, now: datetime) -> CardRefund:
    """Add the money to the balance, since it did not get back to the card.

    A deposit that was to be returned is a deposit again, so that it can be returned later.
    `reason` is what the reseller reads beside the amount. Raises Refusal for one that is not with
    staff, or that may still arrive.
    """
    refund, account = _undecided(refund_id, why_not_pay_anew)
    is_deposit = refund.payment.purpose == DEPOSIT.name
    entry = post_entry(
        account,
        EntryKind.DEPOSIT if is_deposit else EntryKind.ADJUSTMENT,
        refund.amount,
        key=refund.balance_key,
        reference=reason,
        actor=actor,
        at=now,
    )
    end_refund(refund, CardRefundState.OTHERWISE, now)
    note_refund(refund, "payment.refunded_to_balance", actor)
    tell_to_balance(refund, entry, now)
    return refund


@transaction.atomic(durable=True)
def deal_with_refund(refund_id: int, because: str, *, actor: User, now: datetime) -> CardRefund:
    """Keep that staff have seen to a refund that went back after all; `because` is for staff.

    Raises Refusal for one that waits for nobody.
    """
    refund, _account = _locked(refund_id)
    refuse_unless_contradicted(refund)
    refund.dealt_with_at = now
    refund.save(update_fields=["dealt_with_at"])
    note_refund(refund, "payment.refund_dealt_with", actor, because=because)
    return refund


def why_not_decide(refund: CardRefund) -> str | None:
    """Say why staff have nothing to decide about a refund to a card."""
    if refund.state == CardRefundState.PARKED:
        return None
    if refund.state == CardRefundState.WAITING:
        return _("It is on its way still. Ask the gateway, or wait until it says no.")
    return _why_settled(refund)


def why_not_pay_anew(refund: CardRefund) -> str | None:
    """Say why the money must not go out once more, on whichever way."""
    if refund.state == CardRefundState.PARKED and refund.is_pending:
        return _(
            "The bank has it still, as far as the gateway knows: it may arrive yet. Cancel it "
            "there, or wait; then ask the gateway again."
        )
    if refund.state == CardRefundState.PARKED and why_not_deal_with(refund) is None:
        return _(
            "The gateway says that it did go back. Look it up there, and say that it was paid "
            "back; or that you have dealt with it, if it was not."
        )
    return why_not_decide(refund)


def why_not_ask(refund: CardRefund) -> str | None:
    """Say why there is nothing to ask the gateway."""
    return None if refund.state in UNDER_WAY else _why_settled(refund)


def _why_settled(refund: CardRefund) -> str:
    said = _("This refund is settled already: %(state)s.")
    return said % {"state": refund.get_state_display()}


def _undecided(
    refund_id: int, why_not: Callable[[CardRefund], str | None] = why_not_decide
) -> tuple[CardRefund, Account]:
    refund, account = _locked(refund_id)
    reason = why_not(refund)
    if reason:
        raise Refusal(reason)
    return refund, account


def _locked(refund_id: int) -> tuple[CardRefund, Account]:
    rows = CardRefund.objects.select_related("reseller", "payment__card")
    account = lock_account(rows.get(pk=refund_id).reseller, parked_too=True)
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=refund_id), account
