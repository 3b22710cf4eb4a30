"""What vendor staff do with an account: each locks it, checks, and leaves a record."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import ZERO, Account, BalanceEntry, EntryKind
from billing.steps import (
    about_account,
    lock_account,
    post_entry,
    post_transfer,
    posted,
    still_returnable,
)
from reseller_portal.display import money_text
from reseller_portal.money import to_cents
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User
from resellers.steps import record


@transaction.atomic(durable=True)
def book_transfer(
    reseller_id: int, amount: Decimal, bank_reference: str, *, actor: User, now: datetime
) -> BalanceEntry:
    """Book a deposit that came by bank transfer, once for each reference of the bank.

    Raises Refusal for a transfer that was booked before, for whomever, and for an amount that is
    not positive. A parked account takes deposits.
    """
    account = _account(reseller_id, parked_too=True)
    _refuse_unless_positive(amount)
    entry = post_transfer(
        account, EntryKind.DEPOSIT, to_cents(amount), bank_reference, actor=actor, at=now
    )
    _record("account.deposit_booked", account, entry, actor)
    return entry


@transaction.atomic(durable=True)
def return_deposit(
    reseller_id: int, amount: Decimal, bank_reference: str, *, actor: User, now: datetime
) -> BalanceEntry:
    """Book that a deposit, or a part of one, was sent back to the reseller by bank transfer.

    Raises Refusal for more than the balance or than was deposited and not returned yet, for a
    transfer that was booked before, for an amount that is not positive, and for a parked account.
    """
    account = _account(reseller_id)
    _refuse_unless_positive(amount)
    most = still_returnable(account)
    if amount > most:
        said = _("At most %(most)s can be sent back. Choose a smaller amount.")
        raise Refusal(said % {"most": money_text(most, account.currency)}, field="amount")
    entry = post_transfer(
        account, EntryKind.DEPOSIT_REFUND, -to_cents(amount), bank_reference, actor=actor, at=now
    )
    _record("account.deposit_returned", account, entry, actor)
    return entry


@transaction.atomic(durable=True)
def adjust_balance(
    reseller_id: int, amount: Decimal, reason: str, *, key: UUID, actor: User, now: datetime
) -> BalanceEntry:
    """Correct a balance by a signed amount, for a reason that the reseller reads.

    `key` is the one-time key of the form: pressed twice, it is one adjustment. Raises Refusal for
    an amount of zero and for more than can be taken. A parked account can be put right.
    """
    account = _account(reseller_id, parked_too=True)
    entry_key = f"adjustment/{key}"
    before = posted(entry_key)
    if before is not None:
        return before
    if not amount:
        raise Refusal(_("Give an amount that is not zero."), field="amount")
    entry = post_entry(
        account,
        EntryKind.ADJUSTMENT,
        to_cents(amount),
        key=entry_key,
        reference=reason,
        actor=actor,
        at=now,
    )
    _record("account.adjusted", account, entry, actor)
    return entry


@transaction.atomic(durable=True)
def change_credit_limit(reseller_id: int, limit: Decimal, *, actor: User) -> Account:
    """Set how far a balance may fall below zero. Raises Refusal below what is used already."""
    account = _account(reseller_id, parked_too=True)
    if limit < account.credit_used:
        said = _("%(used)s of the credit is used. Choose that or more, or book a deposit first.")
        used = money_text(account.credit_used, account.currency)
        raise Refusal(said % {"used": used}, field="credit_limit")
    was, account.credit_limit = account.credit_limit, to_cents(limit)
    account.save(update_fields=["credit_limit"])
    record(
        "account.credit_limit_changed",
        about_account(account),
        reseller=account.reseller,
        actor=actor,
        was=str(was),
        credit_limit=str(account.credit_limit),
    )
    return account


@transaction.atomic(durable=True)
def change_low_balance(reseller_id: int, below: Decimal, *, actor: User) -> Account:
    """Set below which balance the reseller's people are warned; at once if it is lower already."""
    account = _account(reseller_id, parked_too=True)
    was, account.low_balance_below = account.low_balance_below, to_cents(below)
    account.save(update_fields=["low_balance_below"])
    record(
        "account.low_balance_changed",
        about_account(account),
        reseller=account.reseller,
        actor=actor,
        was=str(was),
        below=str(account.low_balance_below),
    )
    return account


@transaction.atomic(durable=True)
def park_account(reseller_id: int, because: str, *, actor: User | None, now: datetime) -> Account:
    """Stop buying, renewals and refunds of a reseller. Raises Refusal if they are stopped."""
    account = _account(reseller_id, parked_too=True)
    if account.is_parked:
        raise Refusal(_("This account is parked already."))
    account.parked_at, account.parked_because = now, because
    account.save(update_fields=["parked_at", "parked_because"])
    record(
        "account.parked",
        about_account(account),
        reseller=account.reseller,
        actor=actor,
        because=because,
    )
    return account


@transaction.atomic(durable=True)
def release_account(reseller_id: int, *, actor: User) -> Account:
    """Let a parked reseller buy, renew and refund again. Raises Refusal if it is not parked."""
    account = _account(reseller_id, parked_too=True)
    if not account.is_parked:
        raise Refusal(_("This account is not parked."))
    account.parked_at, account.parked_because = None, ""
    account.save(update_fields=["parked_at", "parked_because"])
    record("account.released", about_account(account), reseller=account.reseller, actor=actor)
    return account


def _account(reseller_id: int, *, parked_too: bool = False) -> Account:
    return lock_account(Reseller.objects.get(pk=reseller_id), parked_too=parked_too)


def _refuse_unless_positive(amount: Decimal) -> None:
    if amount <= ZERO:
        raise Refusal(_("Give an amount above zero."), field="amount")


def _record(verb: str, account: Account, entry: BalanceEntry, actor: User) -> None:
    record(
        verb,
        about_account(account),
        reseller=account.reseller,
        actor=actor,
        amount=str(entry.amount),
        reference=entry.reference,
        entry=entry.sequence,
    )
