"""Two who move money at once, and what happens without the guards."""

from datetime import datetime
from decimal import Decimal
from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone

from billing.actions import adjust_balance, book_transfer, change_credit_limit
from billing.models import Account, BalanceEntry
from reseller_portal.refusals import Refusal
from resellers.models import Reseller, User
from tests.factories import make_entry
from tests.races import both_at_once, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)


def balance(reseller: Reseller) -> Decimal:
    return Account.objects.get(reseller=reseller).balance


def two_deposits(acme: Reseller, sam: User, now: datetime) -> list[object]:
    deeds = (
        partial(book_transfer, acme.pk, Decimal(100), f"NTRF {at}", actor=sam, now=now)
        for at in range(2)
    )
    return both_at_once(*deeds, about_to_change=BalanceEntry)


def test_two_deposits_at_once_are_both_counted(acme: Reseller, sam: User, now: datetime) -> None:
    outcomes = two_deposits(acme, sam, now)
    assert [type(outcome) for outcome in outcomes] == [BalanceEntry, BalanceEntry]
    assert balance(acme) == 200


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_lock_one_of_them_is_lost(
    acme: Reseller, sam: User, now: datetime
) -> None:
    outcomes = two_deposits(acme, sam, now)
    assert {type(outcome) for outcome in outcomes} == {BalanceEntry, IntegrityError}
    assert balance(acme) == 100


def one_transfer_for_two(
    acme: Reseller, globex: Reseller, sam: User, now: datetime
) -> list[object]:
    deeds = (
        partial(book_transfer, reseller.pk, Decimal(100), "NTRF 1", actor=sam, now=now)
        for reseller in (acme, globex)
    )
    return both_at_once(*deeds, about_to_change=BalanceEntry)


def test_one_transfer_is_booked_for_one_of_two_resellers(
    acme: Reseller, globex: Reseller, sam: User, now: datetime
) -> None:
    outcomes = one_transfer_for_two(acme, globex, sam, now)
    assert {type(outcome) for outcome in outcomes} == {BalanceEntry, Refusal}
    assert balance(acme) + balance(globex) == 100


def test_twin_without_the_savepoint_the_second_gets_an_error(
    acme: Reseller, globex: Reseller, sam: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("billing.steps.IntegrityError", ZeroDivisionError)
    outcomes = one_transfer_for_two(acme, globex, sam, now)
    assert {type(outcome) for outcome in outcomes} == {BalanceEntry, IntegrityError}


def two_adjustments(acme: Reseller, sam: User, now: datetime) -> list[object]:
    deed = partial(adjust_balance, acme.pk, Decimal(-60), "Fee", key=uuid4(), actor=sam, now=now)
    return both_at_once(deed, deed, about_to_change=BalanceEntry)


def test_a_double_click_on_adjust_is_one_adjustment(
    acme: Reseller, sam: User, now: datetime
) -> None:
    make_entry(acme, "100.00")
    first, second = two_adjustments(acme, sam, now)
    assert first == second
    assert balance(acme) == 40


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_lock_only_the_constraints_stop_the_second(
    acme: Reseller, sam: User, now: datetime
) -> None:
    make_entry(acme, "100.00")
    outcomes = two_adjustments(acme, sam, now)
    assert {type(outcome) for outcome in outcomes} == {BalanceEntry, IntegrityError}


def test_a_limit_is_not_lowered_while_its_credit_is_being_used(
    acme: Reseller, sam: User, now: datetime
) -> None:
    change_credit_limit(acme.pk, Decimal(100), actor=sam)
    outcomes = both_at_once(
        partial(adjust_balance, acme.pk, Decimal(-80), "Fee", key=uuid4(), actor=sam, now=now),
        partial(change_credit_limit, acme.pk, Decimal(10), actor=sam),
        about_to_change=Account,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) in [
        ["Account", "Refusal"],
        ["BalanceEntry", "Refusal"],
    ]
    account = Account.objects.get(reseller=acme)
    assert account.balance >= -account.credit_limit
