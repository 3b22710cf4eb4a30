"""A low balance is told once for each time that it fell below its warning."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from billing.actions import book_transfer, change_credit_limit, change_low_balance, park_account
from billing.low_balance import tell_low_balances
from billing.models import Account, EntryKind
from mailing.delivery import send, write
from mailing.models import Mail
from mailing.querysets import MailQuerySet
from reseller_portal.running import PointlessError
from resellers.models import AuditEvent, Reseller, User
from resellers.roles import Role
from tests.factories import UserFactory, make_entry
from tests.races import both_at_once, without_locks

As = Callable[[User], Client]
RAW = """
UPDATE billing_account SET balance = balance - 60, next_sequence = next_sequence
WHERE reseller_id = %s
"""


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def warned(acme: Reseller, alice: User, sam: User) -> Reseller:
    """Acme with 100.00, to be warned below 50.00."""
    make_entry(acme, "100.00")
    change_low_balance(acme.pk, Decimal(50), actor=sam)
    return acme


def spend(reseller: Reseller, amount: str) -> None:
    make_entry(reseller, f"-{amount}", EntryKind.PURCHASE, reference="1234567890")


def mails() -> MailQuerySet:
    return Mail.objects.of_kind("balance_low")


def account(reseller: Reseller) -> Account:
    return Account.objects.get(reseller=reseller)


def test_at_the_warning_nothing_is_said_and_below_it_once(warned: Reseller, now: datetime) -> None:
    spend(warned, "50.00")
    assert tell_low_balances(now) == 0
    spend(warned, "0.01")
    assert [tell_low_balances(now + timedelta(days=day)) for day in range(3)] == [1, 0, 0]
    spend(warned, "10.00")
    assert tell_low_balances(now) == 0
    assert mails().get().to == "alice@acme.example"


def test_filled_up_it_is_armed_again(warned: Reseller, now: datetime) -> None:
    for count in (1, 2):
        spend(warned, "60.00")
        assert tell_low_balances(now) == 1
        make_entry(warned, "60.00")
        assert account(warned).low_since is None
        assert mails().count() == count


def test_two_crossings_between_two_looks_are_one_mail(warned: Reseller, now: datetime) -> None:
    spend(warned, "60.00")
    make_entry(warned, "60.00")
    assert tell_low_balances(now) == 0
    spend(warned, "60.00")
    assert tell_low_balances(now) == 1


def test_a_crossing_right_after_a_refill_is_not_missed(warned: Reseller, now: datetime) -> None:
    spend(warned, "60.00")
    tell_low_balances(now)
    make_entry(warned, "60.00")
    spend(warned, "60.00")
    assert tell_low_balances(now) == 1


def test_whatever_moves_a_balance_marks_it(warned: Reseller, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(RAW, [warned.pk])
    assert account(warned).is_low
    assert tell_low_balances(now) == 1


def test_the_mark_is_the_databases_alone(warned: Reseller) -> None:
    spend(warned, "60.00")
    since = account(warned).low_since
    Account.objects.filter(reseller=warned).update(low_since=None)
    assert account(warned).low_since == since


def test_without_the_trigger_the_check_would_stop_the_movement(warned: Reseller) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE billing_account DISABLE TRIGGER billing_account_low_balance")
    with pytest.raises(IntegrityError, match="account_low_while_below"), transaction.atomic():
        spend(warned, "60.00")


def test_unless_staff_say_otherwise_credit_in_use_is_low(
    acme: Reseller, alice: User, sam: User, now: datetime
) -> None:
    assert not account(acme).is_low
    change_credit_limit(acme.pk, Decimal(100), actor=sam)
    spend(acme, "10.00")
    assert tell_low_balances(now) == 1
    assert write(mails().get()).subject == "The balance is below zero"


def test_raising_the_warning_above_the_balance_is_a_crossing(
    warned: Reseller, sam: User, now: datetime
) -> None:
    change_low_balance(warned.pk, Decimal(500), actor=sam)
    assert tell_low_balances(now) == 1
    changes = AuditEvent.objects.filter(verb="account.low_balance_changed").latest("id").changes
    assert changes == {"was": "50.00", "below": "500.00"}


def test_who_can_act_is_told_and_nobody_else(
    warned: Reseller, ann: User, bob: User, charlie: User, now: datetime
) -> None:
    UserFactory.create(reseller=warned, role=Role.ADMIN, is_active=False)
    spend(warned, "60.00")
    tell_low_balances(now)
    assert {mail.to for mail in mails()} == {"alice@acme.example", "ann@acme.example"}


def test_who_was_disabled_meanwhile_gets_none(warned: Reseller, alice: User, now: datetime) -> None:
    spend(warned, "60.00")
    tell_low_balances(now)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    with pytest.raises(PointlessError):
        send(mails().get())


def test_a_parked_account_is_told_too(warned: Reseller, sam: User, now: datetime) -> None:
    park_account(warned.pk, "Odd", actor=sam, now=now)
    change_low_balance(warned.pk, Decimal(101), actor=sam)
    assert tell_low_balances(now) == 1


def test_the_mail_says_what_is_there_and_what_to_do(
    warned: Reseller, sam: User, now: datetime
) -> None:
    spend(warned, "60.00")
    tell_low_balances(now)
    book_transfer(warned.pk, Decimal(5), "NTRF 1", actor=sam, now=now)
    mail = write(mails().get())
    assert mail.subject == "The balance is below EUR\xa050.00"
    for body in (mail.text, mail.html):
        for said in ("Hello Alice Arnold,", "EUR\xa045.00", "fell below", "/balance/"):
            assert said in body


def test_balance_page_home_and_header_say_so(warned: Reseller, alice: User, as_: As) -> None:
    for address in ("/balance/", "/"):
        assert "The balance is below" not in as_(alice).get(address).content.decode()
    spend(warned, "60.00")
    for address in ("/balance/", "/"):
        page = as_(alice).get(address).content.decode()
        assert "The balance is below EUR\xa050.00." in page
        assert "Low balance: EUR\xa040.00" in page


def test_sam_changes_the_warning_in_the_admin_site(warned: Reseller, sam: User, as_: As) -> None:
    address = f"/admin/billing/account/{account(warned).pk}/low-balance/"
    assert 'value="50.00"' in as_(sam).get(address).content.decode()
    as_(sam).post(address, {"below": "75.00"})
    assert account(warned).low_balance_below == 75


def two_sweeps(reseller: Reseller, now: datetime) -> list[int]:
    spend(reseller, "60.00")
    return both_at_once(*[partial(tell_low_balances, now)] * 2, about_to_change=Mail)


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_tell_it_once(warned: Reseller, now: datetime) -> None:
    assert sorted(two_sweeps(warned, now)) == [0, 1]
    assert mails().count() == 1


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_lock_only_the_key_stops_the_second(
    warned: Reseller, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)
    assert two_sweeps(warned, now) == [1, 1]
    assert mails().count() == 1
