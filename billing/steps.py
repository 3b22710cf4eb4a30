"""What every action that moves money shares; the caller's transaction is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import accumulate

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from billing.models import ZERO, Account, BalanceEntry, EntryKind
from reseller_portal.display import day_text, money_text
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User


def about_account(account: Account) -> str:
    """Return how audit events name an account."""
    return f"account:{account.pk}"


def open_account(reseller: Reseller) -> Account:
    """Give a new reseller its account, empty and without credit."""
    return Account.objects.create(reseller=reseller)


def lock_account(reseller: Reseller, *, parked_too: bool = False) -> Account:
    """Lock a reseller's account and return it as it is now; before any order or license.

    Raises Refusal for a parked account, unless `parked_too`.
    """
    accounts = Account.objects.select_for_update(no_key=True, of=("self",))
    account = accounts.select_related("reseller").get(reseller=reseller)
    if account.is_parked and not parked_too:
        raise Refusal(why_parked())
    return account


def why_parked() -> str:
    """Return why nothing can be bought, renewed or refunded, for people of the reseller."""
    return _(
        "The account is parked while the vendor checks it. Buying, renewals and refunds go on once "
        "it is released; activating licenses works as always."
    )


@dataclass(frozen=True)
class Movement:
    """One movement to be posted: a signed amount in cents, its key, and what the reseller reads."""

    amount: Decimal
    key: str
    reference: str


def post_entry(
    account: Account,
    kind: str,
    amount: Decimal,
    *,
    key: str,
    reference: str,
    actor: User | None,
    at: datetime,
    tax_rate: Decimal = ZERO,
) -> BalanceEntry:
    """Move money in a locked account by a signed amount, rounded to cents already.

    `tax_rate`, in per cent, is for licenses: their amounts are net.
    Raises Refusal with the missing amount when the balance would fall below minus the credit limit,
    and IntegrityError for a key that was posted before: ask `posted` first, under the same lock.
    """
    movement = Movement(amount, key, reference)
    [entry] = post_entries(account, kind, [movement], actor=actor, at=at, tax_rate=tax_rate)
    return entry


def post_entries(
    account: Account,
    kind: str,
    movements: Sequence[Movement],
    *,
    actor: User | None,
    at: datetime,
    tax_rate: Decimal = ZERO,
) -> list[BalanceEntry]:
    """Post movements of one direction, all or none, in their order; as `post_entry` in all else."""
    total = sum((movement.amount for movement in movements), ZERO)
    if total < 0 and account.missing_for(-total):
        raise Refusal(why_not_covered(account, -total))
    balances = list(accumulate((each.amount for each in movements), initial=account.balance))
    entries = [
        BalanceEntry(
            reseller=account.reseller,
            account=account,
            sequence=account.next_sequence + place,
            kind=kind,
            amount=movement.amount,
            balance_before=balances[place],
            balance_after=balances[place + 1],
            key=movement.key,
            reference=movement.reference,
            tax_rate=tax_rate,
            actor=actor,
            at=at,
        )
        for place, movement in enumerate(movements)
    ]
    BalanceEntry.objects.bulk_create(entries, batch_size=1000)
    account.balance, account.next_sequence = balances[-1], account.next_sequence + len(entries)
    account.save(update_fields=["balance", "next_sequence"])
    return entries


def posted(key: str) -> BalanceEntry | None:
    """Return the entry that was posted under a key, if there is one."""
    return BalanceEntry.objects.filter(key=key).first()


def post_transfer(
    account: Account,
    kind: EntryKind,
    amount: Decimal,
    bank_reference: str,
    *,
    actor: User,
    at: datetime,
) -> BalanceEntry:
    """Book a bank transfer, in or out, once for each reference of the bank.

    Case and blanks of the reference do not count. Raises Refusal if it was booked before, for
    whichever account.
    """
    reference = " ".join(bank_reference.split())
    key = transfer_key(reference)
    try:
        with transaction.atomic():
            return post_entry(
                account, kind, amount, key=key, reference=reference, actor=actor, at=at
            )
    except IntegrityError:
        earlier = posted(key)
        if earlier is None:
            raise
        raise Refusal(why_booked(earlier), field="bank_reference") from None


def transfer_key(bank_reference: str) -> str:
    """Return the key of a bank transfer."""
    return f"transfer/{' '.join(bank_reference.split()).upper()}"


def why_booked(entry: BalanceEntry) -> str:
    """Say when a transfer was booked, and for whom."""
    said = _(
        "This transfer was booked on %(day)s for %(reseller)s (%(amount)s). Check the bank's "
        "reference."
    )
    return said % {
        "day": day_text(entry.at),
        "reseller": entry.reseller,
        "amount": money_text(entry.amount, entry.reseller.currency),
    }


def still_returnable(account: Account) -> Decimal:
    """Return how much of the deposits can be sent back: never credit, nor what came otherwise."""
    kinds = (EntryKind.DEPOSIT, EntryKind.DEPOSIT_REFUND)
    deposits = BalanceEntry.objects.for_reseller(account.reseller).filter(kind__in=kinds)
    left: Decimal = deposits.aggregate(left=Sum("amount", default=ZERO))["left"]
    return max(min(left, account.balance), ZERO)


def why_not_covered(account: Account, amount: Decimal) -> str:
    """Say how much the account lacks to pay an amount."""
    said = _(
        "%(missing)s is missing: this costs %(amount)s, and %(available)s can be spent. Deposit "
        "the missing amount first."
    )
    return said % {
        "missing": money_text(account.missing_for(amount), account.currency),
        "amount": money_text(amount, account.currency),
        "available": money_text(account.available, account.currency),
    }
