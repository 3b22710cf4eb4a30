"""The ledger: what the database itself refuses, and how money is moved."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from billing.models import Account, BalanceEntry, EntryKind
from billing.steps import lock_account, post_entry
from reseller_portal.refusals import Refusal
from resellers.models import Reseller
from tests.factories import make_entry
from tests.resellers.test_constraints import check_now, refused


def account_of(reseller: Reseller) -> Account:
    return Account.objects.get(reseller=reseller)


def raw_entry(reseller: Reseller, **changes: Any) -> BalanceEntry:
    """Write an entry past every rule of the code."""
    values: dict[str, Any] = {
        "reseller": reseller,
        "account": account_of(reseller),
        "sequence": 1,
        "kind": EntryKind.DEPOSIT,
        "amount": Decimal("10.00"),
        "balance_before": Decimal("0.00"),
        "balance_after": Decimal("10.00"),
        "key": "raw",
        "reference": "Raw",
    }
    return BalanceEntry.objects.create(**{**values, **changes})


def test_a_new_account_is_empty_and_without_credit(acme: Reseller) -> None:
    account = account_of(acme)
    assert account.balance == account.credit_limit == account.available == 0
    assert not account.is_parked


def test_entries_are_numbered_and_each_begins_where_the_last_one_ended(acme: Reseller) -> None:
    make_entry(acme, "100.00")
    make_entry(acme, "-30.50", EntryKind.PURCHASE)
    rows = BalanceEntry.objects.in_ledger_order().values_list(
        "sequence", "balance_before", "amount", "balance_after"
    )
    assert list(rows) == [
        (1, Decimal("0.00"), Decimal("100.00"), Decimal("100.00")),
        (2, Decimal("100.00"), Decimal("-30.50"), Decimal("69.50")),
    ]
    account = account_of(acme)
    assert (account.balance, account.next_sequence) == (Decimal("69.50"), 3)


def test_what_is_missing_is_named_and_nothing_is_posted(acme: Reseller) -> None:
    make_entry(acme, "100.00")
    with pytest.raises(Refusal, match=r"EUR\s23\.45 is missing: this costs EUR\s123\.45"):
        make_entry(acme, "-123.45", EntryKind.PURCHASE)
    assert account_of(acme).balance == 100
    assert BalanceEntry.objects.count() == 1


def test_the_balance_falls_to_minus_the_credit_limit_and_no_further(acme: Reseller) -> None:
    Account.objects.filter(reseller=acme).update(credit_limit=50)
    make_entry(acme, "-50.00", EntryKind.PURCHASE)
    with pytest.raises(Refusal, match=r"EUR\s0\.01 is missing"):
        make_entry(acme, "-0.01", EntryKind.RENEWAL)
    assert account_of(acme).credit_used == 50


def test_money_that_comes_in_is_never_refused(acme: Reseller) -> None:
    Account.objects.filter(reseller=acme).update(credit_limit=50)
    make_entry(acme, "-50.00", EntryKind.PURCHASE)
    make_entry(acme, "1.00")
    assert account_of(acme).balance == -49


def test_the_same_key_is_posted_once(acme: Reseller, globex: Reseller) -> None:
    make_entry(acme, key="once")
    with refused("key"), transaction.atomic():
        make_entry(globex, key="once")


def test_a_parked_account_is_locked_for_staff_only(acme: Reseller) -> None:
    Account.objects.filter(reseller=acme).update(parked_at=timezone.now(), parked_because="Odd")
    with transaction.atomic():
        with pytest.raises(Refusal, match="parked while the vendor checks it"):
            lock_account(acme)
        assert lock_account(acme, parked_too=True).is_parked


@pytest.mark.parametrize("change", ["update", "delete"])
def test_no_entry_is_changed_or_deleted(acme: Reseller, change: str) -> None:
    make_entry(acme)
    rows = BalanceEntry.objects.filter(reseller=acme)
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        rows.update(amount=5, balance_after=5) if change == "update" else rows.delete()
    assert rows.get().amount == 1000


def test_the_ledger_is_not_emptied(acme: Reseller) -> None:
    make_entry(acme)
    check_now()
    with (
        pytest.raises(IntegrityError, match="never changed or deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE billing_balanceentry")
    assert BalanceEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("entry_adds_up", {"balance_after": Decimal("9.99")}),
        ("entry_numbers_from_one", {"sequence": 0}),
        ("entry_says_what_for", {"reference": ""}),
        ("entry_says_what_for", {"key": ""}),
        ("entry_sign_fits_kind", {"kind": "gift"}),
        ("entry_sign_fits_kind", {"kind": "purchase"}),
        ("entry_sign_fits_kind", {"kind": "renewal"}),
        ("entry_sign_fits_kind", {"kind": "deposit_refund"}),
        ("entry_sign_fits_kind", {"amount": -1, "balance_after": -1}),
        ("entry_sign_fits_kind", {"kind": "refund", "amount": -1, "balance_after": -1}),
        ("entry_sign_fits_kind", {"kind": "adjustment", "amount": 0, "balance_after": 0}),
    ],
)
def test_the_database_refuses_an_odd_entry(
    acme: Reseller, constraint: str, changes: dict[str, Any]
) -> None:
    with refused(constraint), transaction.atomic():
        raw_entry(acme, **changes)


def test_a_number_is_given_once_in_an_account(acme: Reseller) -> None:
    make_entry(acme)
    with refused("entry_number_once"), transaction.atomic():
        raw_entry(acme)


def test_an_entry_belongs_to_the_reseller_of_its_account(acme: Reseller, globex: Reseller) -> None:
    with refused("entry_account_same_reseller"), transaction.atomic():
        raw_entry(acme, account=account_of(globex))
        check_now()


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("account_within_credit_limit", {"balance": Decimal("-0.01")}),
        ("account_credit_limit_not_negative", {"balance": 5, "credit_limit": -1}),
        ("account_numbers_from_one", {"next_sequence": 0}),
        ("account_parked_for_a_reason", {"parked_because": "Odd"}),
        ("account_parked_for_a_reason", {"parked_at": timezone.now() - timedelta(days=1)}),
    ],
)
def test_the_database_refuses_an_odd_account(
    acme: Reseller, constraint: str, changes: dict[str, Any]
) -> None:
    with refused(constraint), transaction.atomic():
        Account.objects.filter(reseller=acme).update(**changes)


def test_a_reseller_has_one_account(acme: Reseller) -> None:
    with refused("reseller_id"), transaction.atomic():
        Account.objects.create(reseller=acme)


def test_posting_again_under_a_key_changes_nothing(acme: Reseller) -> None:
    make_entry(acme, key="once")
    with pytest.raises(IntegrityError), transaction.atomic():
        post_entry(
            lock_account(acme),
            EntryKind.DEPOSIT,
            Decimal(7),
            key="once",
            reference="Again",
            actor=None,
            at=timezone.now(),
        )
    assert account_of(acme).balance == 1000
