"""The nightly check: what is broken stops the money it concerns, and staff are told once."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from billing.models import Account
from desk.nightly import verify
from mailing.kinds import kind_named
from mailing.models import Mail
from resellers.models import AuditEvent, Reseller, User
from tests.desk.world import alter
from tests.factories import make_entry, make_order


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def broken(acme: Reseller, globex: Reseller) -> None:
    """Acme's balance is not what its entries say; Globex is in order."""
    make_entry(acme)
    make_entry(globex)
    alter("UPDATE billing_account SET balance = 5 WHERE id = (SELECT min(id) FROM billing_account)")


def test_nothing_happens_while_everything_holds(acme: Reseller, sam: User, now: datetime) -> None:
    make_entry(acme)
    assert verify(now) == []
    assert not Mail.objects.exists()


@pytest.mark.usefixtures("broken")
def test_the_account_that_broke_a_rule_is_parked_and_no_other(
    acme: Reseller, globex: Reseller, now: datetime
) -> None:
    verify(now)
    account = Account.objects.get(reseller=acme)
    assert (account.parked_at, account.is_parked) == (now, True)
    assert account.parked_because.startswith("A balance is the sum")
    assert not Account.objects.get(reseller=globex).is_parked
    event = AuditEvent.objects.get(verb="account.parked")
    assert (event.reseller, event.actor) == (acme, None)


@pytest.mark.usefixtures("broken")
def test_staff_are_told_once_a_day(acme: Reseller, sam: User, alice: User, now: datetime) -> None:
    verify(now)
    verify(now)
    mail = Mail.objects.get()
    assert mail.to == sam.email
    text = kind_named(mail.kind).write(mail).text
    assert "A balance is the sum" in text
    assert "  Acme\n" in text
    verify(now + timedelta(days=1))
    assert Mail.objects.count() == 2


@pytest.mark.usefixtures("broken")
def test_an_account_that_staff_released_is_parked_again_while_it_is_broken(
    acme: Reseller, now: datetime
) -> None:
    verify(now)
    Account.objects.filter(reseller=acme).update(parked_at=None, parked_because="")
    verify(now + timedelta(days=1))
    assert Account.objects.get(reseller=acme).is_parked


def test_what_is_not_about_money_parks_nobody(acme: Reseller, sam: User, now: datetime) -> None:
    make_order(acme)
    alter("UPDATE orders_order SET available = 0")
    assert [result.name for result in verify(now)] == ["available-is-counted-right"]
    assert not Account.objects.exclude(parked_at=None).exists()
    assert "available licenses" in kind_named("invariants_broken").write(Mail.objects.get()).html
