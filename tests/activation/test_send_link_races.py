"""Two who send links at once: one mail for a double click, and no link past the limit."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone

from activation import limits
from activation.actions import send_link
from activation.sending import Recipient
from licenses.models import License
from mailing.models import Mail
from resellers.models import AuditEvent, Reseller, User
from tests.factories import make_order
from tests.races import both_at_once, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def licenses(acme: Reseller) -> list[License]:
    """Two of two orders: no lock on an order keeps one waiting for the other."""
    return [make_order(acme, quantity=1).licenses.get() for _ in range(2)]


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", without_locks)


def deed(license: License, to: str, actor: User, now: datetime, key: UUID | None = None) -> Any:
    return partial(
        send_link, license.uuid, Recipient(to), "", key=key, seen=0, actor=actor, now=now
    )


def two_customers(license: License, ann: User, now: datetime) -> list[str]:
    """Let two people send one link to two customers; return what became of each."""
    deeds = [deed(license, f"n{number}@nova.example", ann, now) for number in range(2)]
    outcomes = both_at_once(*deeds, about_to_change=License)
    return sorted(type(outcome).__name__ for outcome in outcomes)


def test_one_link_does_not_go_to_two_customers_unseen(
    licenses: list[License], ann: User, now: datetime
) -> None:
    assert two_customers(licenses[0], ann, now) == ["Mail", "SentMeanwhile"]
    assert Mail.objects.count() == 1


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_locks_two_customers_get_it(
    licenses: list[License], ann: User, now: datetime
) -> None:
    assert two_customers(licenses[0], ann, now) == ["Mail", "Mail"]


def a_double_click(license: License, ann: User, now: datetime) -> list[Any]:
    click = deed(license, "nina@nova.example", ann, now, uuid4())
    return both_at_once(click, click, about_to_change=License)


def test_a_double_click_is_one_mail(licenses: list[License], ann: User, now: datetime) -> None:
    outcomes = a_double_click(licenses[0], ann, now)
    assert [type(outcome) for outcome in outcomes] == [Mail, Mail]
    assert Mail.objects.count() == AuditEvent.objects.count() == 1


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_locks_the_second_click_is_an_error(
    licenses: list[License], ann: User, now: datetime
) -> None:
    outcomes = a_double_click(licenses[0], ann, now)
    assert {type(outcome) for outcome in outcomes} == {Mail, IntegrityError}


def at_the_limit(licenses: list[License], ann: User, now: datetime) -> list[str]:
    """Let two people send links of two licenses, when one more is allowed."""
    deeds = [deed(license, "nina@nova.example", ann, now) for license in licenses]
    outcomes = both_at_once(*deeds, about_to_change=License)
    return sorted(type(outcome).__name__ for outcome in outcomes)


def test_the_limit_holds_for_two_at_once(
    licenses: list[License], ann: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_AN_HOUR", 1)
    assert at_the_limit(licenses, ann, now) == ["Mail", "Refusal"]


@pytest.mark.usefixtures("no_locks")
def test_twin_without_the_companys_lock_both_pass_the_limit(
    licenses: list[License], ann: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_AN_HOUR", 1)
    assert at_the_limit(licenses, ann, now) == ["Mail", "Mail"]
